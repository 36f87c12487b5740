"""Paths of the desk: agents collect and decide nothing."""

from django.urls import URLPattern

paths: list[URLPattern] = []
