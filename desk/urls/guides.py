"""Paths of questions about use."""

from django.urls import path

from desk.views import guides

paths = [
    path("help/use/", guides.use_help, name="use_help"),
    path("help/use/<str:line>/<str:kind>/", guides.write_use_guide, name="write_use_guide"),
    path("desk/inquiries/<str:number>/use/", guides.answer_use, name="answer_use"),
]
