"""Paths of the desk, a file an area."""

from desk.urls import checks, console, figures, inquiries, letters, people, promises, trust, voice

app_name = "desk"
# Help is found by any word behind it: what has a page of its own comes before.
urlpatterns = [
    *checks.paths,
    *console.paths,
    *figures.paths,
    *inquiries.paths,
    *letters.paths,
    *people.paths,
    *promises.paths,
    *trust.paths,
    *voice.paths,
]
