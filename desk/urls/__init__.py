"""Paths of the desk, a file an area."""

from desk.urls import inquiries, trust

app_name = "desk"
urlpatterns = [*inquiries.paths, *trust.paths]
