"""Paths of the desk, a file an area."""

from desk.urls import checks, console, inquiries, people, trust, voice

app_name = "desk"
urlpatterns = [*checks.paths, *console.paths, *inquiries.paths, *people.paths, *trust.paths, *voice.paths]
