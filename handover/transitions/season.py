"""The handover season: in March and September everybody is asked to hand over before they go (R7)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import WrongState
from accounts.models import Organisation
from accounts.rulebook import check
from audit.record import System, event
from handover import custody
from handover.attesting import LISTED, tell_once
from handover.models import Campaign
from handover.queries import season as queries
from handover.rules import TABLE

PEOPLE = 100
"""Mails of one transaction."""


def begin_season(*, organisation_pk: int, actor: System, at: datetime) -> Campaign:
    """Begin this season for one customer: its administrators get one mail with who holds how many, and the gaps.

    Raises `WrongState` outside of the season, when it has begun, or without registrations.
    """
    today = timezone.localdate(at)
    with transaction.atomic(durable=True):
        organisation = Organisation.objects.select_for_update(no_key=True).get(pk=organisation_pk)
        rule = check(TABLE, "begin_season", organisation, actor)
        season = queries.season_of(today)
        numbers = queries.numbers(organisation, today)
        if (
            season is None
            or not numbers.registrations
            or Campaign.objects.filter(organisation=organisation, season=season).exists()
        ):
            raise WrongState(_("There is nothing to do here now. Nothing was changed."))
        campaign = Campaign.objects.create(organisation=organisation, season=season, begun_at=at)
        facts = {
            "season": f"{season:%Y-%m}",
            "registrations": numbers.registrations,
            "people": numbers.people,
            "unanswered": numbers.asked,
            "gaps": numbers.gaps,
        }
        written = event(rule.event, actor=actor, at=at, subject=campaign.label, about=[organisation.label], facts=facts)
        page = [(user, count) for user, count in queries.holder_keys(organisation)[:LISTED] if user]
        first = queries.holders(organisation, page, today)
        tell_once(
            "season_administrator",
            custody.administrators(organisation),
            f"season-numbers:{season:%Y-%m}",
            event=written,
            at=at,
            numbers=numbers,
            holders=first,
            more=numbers.people - len(first),
        )
        return campaign


def tell_season(*, campaign_pk: int, actor: System, at: datetime) -> int:
    """Ask people in charge (at most `PEOPLE`) to hand over before they go; the last piece ends the campaign.

    Returns how many were told. Raises `WrongState` when it is over.
    """
    with transaction.atomic(durable=True):
        campaign = Campaign.objects.select_for_update(no_key=True, of=("self",)).get(pk=campaign_pk)
        rule = check(TABLE, "tell_season", campaign, actor)
        if campaign.finished_at:
            raise WrongState(_("There is nothing to do here now. Nothing was changed."))
        people = list(queries.to_tell(campaign)[:PEOPLE])
        counts = queries.counts_of(campaign.organisation, [person.pk for person in people])
        campaign.people += len(people)
        if len(people) < PEOPLE:
            campaign.finished_at = at
        campaign.save(update_fields=["people", "finished_at"])
        about = [f"organisation:{campaign.organisation_id}", *(person.label for person in people)]
        facts = {"season": f"{campaign.season:%Y-%m}", "people": len(people)}
        written = event(rule.event, actor=actor, at=at, subject=campaign.label, about=about, facts=facts)
        what = queries.told_of(campaign.season)
        for person in people:
            tell_once("season_custodian", [person], what, event=written, at=at, count=counts[person.pk])
        return len(people)
