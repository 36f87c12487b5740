"""Paths of letters in and out, and of formal answers."""

from django.urls import path

from desk.views import letters

paths = [
    path("desk/letters/", letters.letters, name="letters"),
    path("desk/letters/<int:pk>/close/", letters.close_letter, name="close_letter"),
    path("desk/inquiries/<str:number>/letters/in/", letters.note_letter_in, name="note_letter_in"),
    path("desk/inquiries/<str:number>/letters/out/", letters.note_letter_out, name="note_letter_out"),
]
