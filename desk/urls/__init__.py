"""Paths of the desk, a file an area."""

from desk.urls import console, inquiries, people, voice

app_name = "desk"
urlpatterns = [*console.paths, *inquiries.paths, *people.paths, *voice.paths]
