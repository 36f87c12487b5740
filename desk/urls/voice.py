"""Paths of public help, of feedback, of mistakes of our own, and of escalations that become scripts."""

from django.urls import path

from desk.views import helping

paths = [
    path("help/", helping.helps, name="helps"),
    path("help/<slug:code>/", helping.help_page, name="help"),
]
