"""Paths of the desk, a file an area."""

from desk.urls import inquiries, promises

app_name = "desk"
urlpatterns = [*inquiries.paths, *promises.paths]
