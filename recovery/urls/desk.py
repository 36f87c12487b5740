"""Paths of the desk: agents collect and decide nothing."""

from django.urls import path

from recovery.views import console, desk, desk_afterwards

paths = [
    path("desk/console/", console.console, name="console"),
    path("desk/console/<str:number>/", console.console_of, name="console_of"),
    path("desk/calls/new/", desk.take_call, name="take_call"),
    path("desk/claims/<str:number>/", desk.claim, name="claim"),
    path("desk/claims/<str:number>/papers/", desk.collect, name="collect"),
    path("desk/claims/<str:number>/appeal/", desk_afterwards.take_appeal, name="take_appeal"),
    path("desk/claims/<str:number>/mail/", desk.correct_mail, name="correct_mail"),
]
