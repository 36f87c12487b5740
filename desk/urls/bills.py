"""Paths of bills: for whoever holds one, for whoever is in charge, and for the desk."""

from django.urls import path

from desk.views import bills, public_bills

paths = [
    path("bill/", public_bills.bill, name="bill"),
    path("bill/card/", public_bills.bill_card, name="bill_card"),
    path("bill/status/", public_bills.bill_status, name="bill_status"),
    path("bill/thread/", public_bills.bill_thread, name="bill_thread"),
    path("bill/questions/<str:number>/", bills.answer_bill, name="answer_bill"),
    path("desk/inquiries/<str:number>/bill/", bills.bill_in_call, name="bill_in_call"),
]
