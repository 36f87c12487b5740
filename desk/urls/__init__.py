"""Paths of the desk, a file an area."""

from desk.urls import inquiries, people, trust, voice

app_name = "desk"
# Help is found by any word behind it: what has a page of its own comes before.
urlpatterns = [
    *inquiries.paths,
    *people.paths,
    *trust.paths,
    *voice.paths,
]
