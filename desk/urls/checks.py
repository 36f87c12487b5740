"""Paths of checks in a call, of calls back, and of the customer's own PIN."""

from django.urls import path

from desk.views import checks, pins

paths = [
    path("accounts/caller/", pins.pin, name="pin"),
    path("desk/calls/<int:pk>/checks/", checks.checks, name="checks"),
    path("desk/calls/<int:pk>/checks/receipt/", checks.check_receipt, name="check_receipt"),
    path("desk/calls/<int:pk>/checks/pin/", checks.check_pin, name="check_pin"),
    path("desk/calls/<int:pk>/checks/mandate/", checks.check_mandate, name="check_mandate"),
]
