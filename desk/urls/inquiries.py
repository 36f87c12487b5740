"""Paths of what waits, of contacts, promises and alarms."""

from django.urls import path

from desk.views import alarming, explaining, inquiries, queue

paths = [
    path("desk/", queue.queue, name="queue"),
    path("desk/explanations/<str:number>/", explaining.explanation, name="explanation"),
    path("desk/inquiries/<str:number>/", inquiries.inquiry, name="inquiry"),
    path("desk/inquiries/<str:number>/contacts/", inquiries.note_contact, name="note_contact"),
    path("desk/inquiries/<str:number>/hold/", inquiries.hold, name="hold"),
    path("desk/alarms/", alarming.alarms, name="alarms"),
    path("desk/alarms/<int:pk>/close/", alarming.close_alarm, name="close_alarm"),
]
