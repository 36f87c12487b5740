"""Paths of the desk, a file an area."""

from desk.urls import bills, consents, guides, inquiries, referrals

app_name = "desk"
urlpatterns = [*inquiries.paths, *bills.paths, *consents.paths, *guides.paths, *referrals.paths]
