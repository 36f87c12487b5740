"""Paths of announced calls, of the public question whether a call was ours, and of the register of places."""

from django.urls import path

from desk.views import public_caller, sites, trust

SITE = "desk/sites/<int:pk>/"

paths = [
    path("caller/", public_caller.caller, name="caller"),
    path("caller/report/", public_caller.report, name="report_caller"),
    path("caller/thanks/", public_caller.thanks, name="caller_thanks"),
    path("caller/places/", public_caller.places, name="caller_places"),
    path("desk/inquiries/<str:number>/announce/", trust.announce, name="announce_call"),
    path("desk/inquiries/<str:number>/announce/now/", trust.announce_now, name="announce_now"),
    path("desk/calls/announced/", trust.intentions, name="intentions"),
    path("desk/calls/announced/<int:pk>/dial/", trust.dial, name="call_out"),
    path("desk/calls/announced/<int:pk>/cancel/", trust.cancel, name="cancel_call"),
    path("desk/caller-reports/", trust.reports, name="caller_reports"),
    path("desk/sites/", sites.sites, name="sites"),
    path("desk/sites/new/", sites.record, name="record_site"),
    path(SITE, sites.site, name="site"),
    path(f"{SITE}end/", sites.end, name="end_site"),
    path(f"{SITE}lines/", sites.add_line, name="add_line"),
    path(f"{SITE}people/", sites.seat, name="seat_member"),
    path(f"{SITE}fail/", sites.fail, name="fail_site"),
    path(f"{SITE}reopen/", sites.reopen, name="reopen_site"),
    path("desk/lines/<int:pk>/end/", sites.end_line, name="end_line"),
]
