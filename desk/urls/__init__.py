"""Paths of the desk, a file an area."""

from desk.urls import (
    bills,
    checks,
    consents,
    console,
    figures,
    guides,
    inquiries,
    letters,
    people,
    promises,
    referrals,
    trust,
    voice,
)

app_name = "desk"
# Help is found by any word behind it: what has a page of its own comes before.
urlpatterns = [
    *bills.paths,
    *checks.paths,
    *consents.paths,
    *console.paths,
    *figures.paths,
    *guides.paths,
    *inquiries.paths,
    *letters.paths,
    *people.paths,
    *promises.paths,
    *referrals.paths,
    *trust.paths,
    *voice.paths,
]
