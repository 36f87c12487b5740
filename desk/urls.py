"""Paths of the desk's own things: queue, contacts, holds."""

from django.urls import path

from desk import views

app_name = "desk"
urlpatterns = [
    path("desk/", views.queue, name="queue"),
    path("desk/explanations/<str:number>/", views.explanation, name="explanation"),
    path("desk/inquiries/<str:number>/contacts/", views.note_contact, name="note_contact"),
    path("desk/inquiries/<str:number>/hold/", views.hold, name="hold"),
    path("desk/alarms/", views.alarms, name="alarms"),
    path("desk/alarms/<int:pk>/close/", views.close_alarm, name="close_alarm"),
    path("desk/holds/<int:pk>/close/", views.close_hold, name="close_hold"),
]
