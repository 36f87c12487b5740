"""Paths of what is held and how it changes hands. One path per action."""

from django.urls import path

from handover.views import handovers, people, receiving

app_name = "handover"

urlpatterns = [
    path("handovers/", handovers.handovers, name="handovers"),
    path("handovers/<str:number>/", handovers.handover, name="handover"),
    path("registrations/<str:number>/hand-over/", handovers.draft, name="draft"),
    path("handovers/<str:number>/offer/", handovers.offer, name="offer"),
    path("handovers/<str:number>/withdraw/", handovers.withdraw, name="withdraw"),
    path("handovers/<str:number>/items/", receiving.items, name="items"),
    path("handovers/<str:number>/accept/", receiving.accept, name="accept"),
    path("handovers/<str:number>/decline/", handovers.decline, name="decline"),
    path("handovers/<str:number>/confirm/", receiving.confirm, name="confirm"),
    path("handovers/<str:number>/refuse/", handovers.refuse_confirmation, name="refuse_confirmation"),
    path("handovers/<str:number>/ask/", handovers.ask, name="ask"),
    path("handovers/<str:number>/questions/<int:pk>/answer/", handovers.answer, name="answer"),
    path("handovers/<str:number>/receipt/", receiving.receipt, name="receipt"),
    path("people/<int:pk>/leave/", people.leave, name="leave"),
    path("registrations/<str:number>/care/", people.take_into_care, name="take_into_care"),
    path("registrations/<str:number>/kit/", people.recovery_kit, name="recovery_kit"),
    path("tasks/<int:pk>/finish/", people.finish_task, name="finish_task"),
]
