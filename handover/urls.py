"""Paths of what is held and how it changes hands. One path per action."""

from django.urls import URLPattern

app_name = "handover"

urlpatterns: list[URLPattern] = []
