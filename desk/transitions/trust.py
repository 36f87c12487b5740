"""Calls are announced before they are made; whoever is called can tell us that it was not us."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Organisation, OrganisationKind
from accounts.rulebook import check
from audit.record import Public, event
from desk import alarms, announcing
from desk.models import Alarm, CallerReport, CallIntention, Inquiry
from desk.rules import TABLE
from desk.rules.trust import purposes_for

LONGEST = timedelta(hours=12)
"""The longest window of a call: whoever is called reads it as the hour of the call."""
FURTHEST = timedelta(days=31)
"""How far ahead a call is announced: a code that answers for months would be a code to steal."""


def announce_call(
    inquiry_pk: int,
    *,
    purpose: str,
    channel: str,
    window_from: datetime,
    window_until: datetime,
    actor: Actor,
    at: datetime,
) -> tuple[CallIntention, str]:
    """Write down a call, or a letter by hand, before it is made; returns it with the call code to be said or written.

    The call is made within the window; a letter's code answers as long as printed letters' codes do, whatever window
    is given. Raises `NotAllowed`, `WrongState`, `Refused` with the field's name.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "announce_call", inquiry, actor)
        known = purposes_for(actor)
        if purpose not in known or channel not in CallIntention.Channel.values:
            words = _("Choose one from the list.")
            raise Refused(words, {"channel" if purpose in known else "purpose": words})
        if channel == CallIntention.Channel.LETTER:
            window_from, window_until = at, at + announcing.LETTER_LIFE
        else:
            _refuse_window(window_from, window_until, at)
        made, code = announcing.announce(
            inquiry=inquiry,
            purpose=purpose,
            topic=inquiry.topic,
            channel=channel,
            window_from=window_from,
            window_until=window_until,
            actor=actor,
            at=at,
        )
        facts = {"purpose": purpose, "channel": channel, "until": window_until.isoformat()}
        event(rule.event, actor=actor, at=at, subject=made.label, about=[inquiry.label], facts=facts)
        return made, code


def _refuse_window(window_from: datetime, window_until: datetime, at: datetime) -> None:
    if window_until <= max(window_from, at) or window_until - window_from > LONGEST or window_from - at > FURTHEST:
        words = _("Choose when you call: up to 12 hours, within the next 31 days.")
        raise Refused(words, {"window_until": words})


def cancel_call(intention_pk: int, *, actor: Actor, at: datetime) -> CallIntention:
    """Take back an announcement: from now on its code answers that it is not ours.

    Raises `NotAllowed`; `WrongState` when the call was made, cancelled, or its time is over.
    """
    with transaction.atomic(durable=True):
        found = CallIntention.objects.select_for_update(no_key=True, of=("self",)).get(pk=intention_pk)
        rule = check(TABLE, "cancel_call", found, actor)
        if not CallIntention.objects.live(at).filter(pk=found.pk).exists():
            raise WrongState(_("This call was made or cancelled, or its time is over. Nothing was changed."))
        found.cancelled_at = at
        found.save(update_fields=["cancelled_at"])
        about = [found.inquiry.label] if found.inquiry else []
        event(rule.event, actor=actor, at=at, subject=found.label, about=about, facts={"purpose": found.purpose})
        return found


def report_caller(*, code: str, number: str, words: str, actor: Public, at: datetime) -> CallerReport:
    """Take in that somebody called or wrote who said to be us: one row of one size, and an alarm for the seniors.

    What was typed is looked up nowhere: `code` and `number` as they were typed, `words` what the caller wanted.
    Raises `NotAllowed`.
    """
    sealed = CallerReport.seal({"code": code, "number": number, "words": words})
    with transaction.atomic(durable=True):
        rule = check(TABLE, "report_caller", None, actor)
        made = CallerReport.objects.create(sealed=sealed, at=at)
        event(rule.event, actor=actor, at=at, subject=made.label)
        provider = Organisation.objects.filter(kind=OrganisationKind.PROVIDER).order_by("pk").first()
        if provider is not None:
            alarms.open_alarm(Alarm.Kind.FALSE_CALL, organisation=provider, actor=actor, at=at)
        return made
