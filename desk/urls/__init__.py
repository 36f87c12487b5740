"""Paths of the desk, a file an area."""

from desk.urls import console, inquiries, voice

app_name = "desk"
urlpatterns = [*console.paths, *inquiries.paths, *voice.paths]
