"""Paths of the desk, a file an area."""

from desk.urls import figures, inquiries

app_name = "desk"
urlpatterns = [*inquiries.paths, *figures.paths]
