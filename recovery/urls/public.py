"""Paths that are open to everybody, and the claimant's own."""

from django.urls import URLPattern

paths: list[URLPattern] = []
