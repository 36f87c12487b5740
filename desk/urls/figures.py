"""Paths of the figures."""

from django.urls import path

from desk.views import figures

paths = [
    path("desk/figures/", figures.figures, name="figures"),
    path("desk/figures.csv", figures.figures_csv, name="figures_csv"),
]
