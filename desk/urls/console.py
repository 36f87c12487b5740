"""Paths of what is done on the phone. The console itself is recovery's: it shows papers as well."""

from django.urls import path

from desk.views import console

paths = [
    path("desk/console/begin/", console.begin_call, name="begin_call"),
    path("desk/console/find/", console.go_on_with, name="go_on_with"),
    path("desk/console/take-down/", console.take_down, name="take_down"),
    path("desk/console/promise/", console.promise, name="promise"),
    path("desk/console/warn/", console.warn_caller, name="warn_caller"),
    path("desk/console/end/", console.end_call, name="end_call"),
    path("desk/console/keys/", console.switch_keys, name="switch_keys"),
    path("desk/console/calls/<int:pk>/take-over/", console.take_over_call, name="take_over_call"),
]
