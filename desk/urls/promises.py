"""Paths of promises: who goes on with them, how they climb, pause and end."""

from django.urls import path

from desk.views import promises

paths = [
    path("desk/holds/<int:pk>/close/", promises.close_hold, name="close_hold"),
    path("desk/shift/", promises.shift, name="shift"),
    path("desk/shift/<int:pk>/", promises.shift_of, name="shift_of"),
    path("desk/climbed/", promises.climbed, name="climbed"),
    path("desk/inquiries/<str:number>/close/", promises.close_inquiry, name="close_inquiry"),
    path("desk/inquiries/<str:number>/reopen/", promises.reopen_inquiry, name="reopen_inquiry"),
    path("desk/inquiries/<str:number>/remind/", promises.remind, name="remind"),
    path("desk/inquiries/<str:number>/pause/", promises.pause, name="pause"),
    path("desk/inquiries/<str:number>/resume/", promises.resume, name="resume"),
    path("desk/inquiries/<str:number>/needs/", promises.needs, name="needs"),
    path("desk/words/", promises.words, name="words"),
    path("desk/words/print/", promises.print_words, name="print_words"),
]
