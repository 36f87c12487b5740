"""Paths of the desk, a file an area."""

from desk.urls import inquiries, letters

app_name = "desk"
urlpatterns = [*inquiries.paths, *letters.paths]
