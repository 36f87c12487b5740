"""Paths of the desk, a file an area."""

from desk.urls import bills, inquiries, referrals

app_name = "desk"
urlpatterns = [*inquiries.paths, *bills.paths, *referrals.paths]
