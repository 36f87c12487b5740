"""Paths of the desk, a file an area."""

from desk.urls import inquiries, people

app_name = "desk"
urlpatterns = [*inquiries.paths, *people.paths]
