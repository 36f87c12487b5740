"""Paths of the desk, a file an area."""

from desk.urls import inquiries, letters, trust

app_name = "desk"
urlpatterns = [*inquiries.paths, *letters.paths, *trust.paths]
