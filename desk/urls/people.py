"""Paths of the people of the desk."""

from django.urls import path

from desk.views import team

paths = [
    path("desk/team/", team.team, name="team"),
]
