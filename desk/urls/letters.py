"""Paths of letters in and out, and of formal answers."""

from django.urls import path

from desk.views import answers, letters

paths = [
    path("desk/post/", letters.letters, name="letters"),
    path("desk/post/<int:pk>/close/", letters.close_letter, name="close_letter"),
    path("desk/inquiries/<str:number>/letters/in/", letters.note_letter_in, name="note_letter_in"),
    path("desk/inquiries/<str:number>/letters/out/", letters.note_letter_out, name="note_letter_out"),
    path("desk/inquiries/<str:number>/answers/", answers.draft_answer, name="draft_answer"),
    path("desk/answers/", answers.answers, name="answers"),
    path("desk/answers/print/", answers.print_answers, name="print_answers"),
    path("desk/answers/<int:pk>/", answers.answer, name="answer"),
    path("desk/answers/<int:pk>/pdf/", answers.answer_pdf, name="answer_pdf"),
    path("desk/answers/<int:pk>/change/", answers.change_answer, name="change_answer"),
    path("desk/answers/<int:pk>/propose/", answers.propose_answer, name="propose_answer"),
    path("desk/answers/<int:pk>/send-back/", answers.send_back_answer, name="send_back_answer"),
    path("desk/answers/<int:pk>/release/", answers.release_answer, name="release_answer"),
    path("desk/answers/<int:pk>/withdraw/", answers.withdraw_answer, name="withdraw_answer"),
]
