"""Paths of inquirers passed on between desks."""

from django.urls import path

from desk.views import referrals

paths = [
    path("desk/affiliates/", referrals.affiliates, name="affiliates"),
    path("desk/affiliates/<int:pk>/end/", referrals.end_affiliate, name="end_affiliate"),
    path("desk/inquiries/<str:number>/refer/", referrals.refer, name="refer"),
    path("desk/inquiries/<str:number>/take-in/", referrals.take_in, name="take_in"),
    path("desk/inquiries/<str:number>/give-back/", referrals.give_back, name="give_back"),
]
