"""Paths of the people of the desk."""

from django.urls import path

from desk.views import noting, team

paths = [
    path("desk/team/", team.team, name="team"),
    path("desk/inquiries/<str:number>/notes/", noting.person_notes, name="person_notes"),
    path("desk/inquiries/<str:number>/notes/<int:pk>/remove/", noting.remove_person_note, name="remove_person_note"),
]
