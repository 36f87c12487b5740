"""Paths of the desk, a file an area."""

from desk.urls import inquiries, people, trust

app_name = "desk"
urlpatterns = [
    *inquiries.paths,
    *people.paths,
    *trust.paths,
]
