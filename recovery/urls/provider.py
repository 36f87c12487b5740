"""Paths of the provider: find, prove, decide, carry out."""

from django.urls import URLPattern

paths: list[URLPattern] = []
