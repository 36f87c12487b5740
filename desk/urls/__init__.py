"""Paths of the desk, a file an area."""

from desk.urls import inquiries, voice

app_name = "desk"
urlpatterns = [*inquiries.paths, *voice.paths]
