"""Paths of checks in a call, of calls back, and of the customer's own PIN."""

from django.urls import path

from desk.views import call_backs, checks, pins

paths = [
    path("accounts/caller/", pins.pin, name="pin"),
    path("desk/calls/<int:pk>/checks/", checks.checks, name="checks"),
    path("desk/calls/<int:pk>/checks/receipt/", checks.check_receipt, name="check_receipt"),
    path("desk/calls/<int:pk>/checks/pin/", checks.check_pin, name="check_pin"),
    path("desk/calls/<int:pk>/checks/mandate/", checks.check_mandate, name="check_mandate"),
    path("desk/calls/<int:pk>/checks/call-back/", checks.book_call_back, name="book_call_back"),
    path("desk/calls/<int:pk>/checks/capacity/", checks.find_capacity, name="find_capacity"),
    path("desk/call-backs/", call_backs.call_backs, name="call_backs"),
    path("desk/call-backs/<int:pk>/", call_backs.call_back, name="call_back"),
    path("desk/call-backs/<int:pk>/dial/", call_backs.dial, name="dial"),
    path("desk/call-backs/<int:pk>/end/", call_backs.end, name="end_call_back"),
    path("desk/posed-as/<int:pk>/", call_backs.posed_as, name="posed_as"),
]
