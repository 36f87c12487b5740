"""Paths of the desk's own things: queue, contacts, holds."""

from django.urls import URLPattern

app_name = "desk"
urlpatterns: list[URLPattern] = []
