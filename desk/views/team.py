"""The people of the desk now, for whoever looks after them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.asking import Request
from accounts.errors import NotAllowed
from desk import queries
from desk.rules import ONLY_LOOKING_AFTER, sees_team
from desk.views.finding import page_of_topic


@require_safe
def team(request: Request) -> HttpResponse:
    """Show who is on the phone, which promises are due or late, and about whom there is an alarm."""
    if not sees_team(request.actor):
        raise NotAllowed(ONLY_LOOKING_AFTER)
    found = [
        {
            "team": one,
            "promises": [
                (promise, reverse(page_of_topic(promise.topic), args=[promise.number])) for promise in one.promises
            ],
        }
        for one in queries.teams(request.actor, request.at)
    ]
    return render(request, "desk/team.html", {"teams": found})
