"""Paths of one-off consents."""

from django.urls import path

from desk.views import consents

paths = [
    path("consent/", consents.consent, name="consent"),
    path("consent/case/", consents.consent_case, name="consent_case"),
    path("consents/<int:pk>/", consents.answer_consent, name="answer_consent"),
    path("provider/consents/", consents.consents_to_link, name="consents_to_link"),
    path("provider/consents/<int:pk>/", consents.link_consent, name="link_consent"),
    path("desk/inquiries/<str:number>/consent/", consents.ask_consent, name="ask_consent"),
]
