"""The table of identities, and answers to questions about use that ask for no more than it says."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused
from accounts.rulebook import check
from audit.record import event
from desk import progress
from desk.models import Check, Contact, Inquiry, UseGuide
from desk.queries.consents import shows_consent
from desk.queries.guides import guide_for
from desk.rules import TABLE
from desk.rules.guides import SHOWN_BY


def write_use_guide(
    *, product_pk: int | None, kind: str, identity: str, script_ja: str, script_en: str, actor: Actor, at: datetime
) -> UseGuide:
    """Say anew which identity a kind of question needs, for one product line or for all. Earlier rows stay.

    Raises `NotAllowed`, `Refused` when nothing differs.
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "write_use_guide", None, actor)
        given = {"identity": identity, "script_ja": script_ja, "script_en": script_en}
        old = UseGuide.objects.filter(product=product_pk, kind=kind).order_by("-pk").first()
        if old is not None and all(getattr(old, name) == value for name, value in given.items()):
            raise Refused(_("Nothing differs from the row as it is."))
        made = UseGuide.objects.create(product_id=product_pk, kind=kind, by=actor.user, at=at, **given)
        facts = {"line": made.product.code if made.product else "", "identity": identity}
        event(rule.event, actor=actor, at=at, subject=made.label, facts=facts)
        return made


def answer_use(
    inquiry_pk: int,
    *,
    product_pk: int | None,
    kind: str,
    unit: str,
    minutes: int,
    text: str,
    actor: Actor,
    at: datetime,
) -> Contact:
    """Answer a question about use and end the inquiry: with the identity that its kind needs, and no more.

    `unit` is the using unit as the caller says it, asked only where the table says so. Raises `NotAllowed`,
    `WrongState`, `Refused` while what the table asks for is not shown, or the inquiry is about something else.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "answer_use", inquiry, actor)
        guide = guide_for(product_pk, kind)
        if inquiry.topic != Inquiry.Topic.USE or guide is None:
            raise Refused(_("This inquiry is no question about use."))
        _refuse_unshown(inquiry, guide, unit, at)
        if guide.identity == UseGuide.Identity.UNIT:
            inquiry.sealed = replace(inquiry.statement, unit=unit).sealed()
            inquiry.save(update_fields=["sealed"])
        made = progress.note(
            inquiry.pk,
            text=text,
            at=at,
            direction=Contact.Direction.IN,
            channel=Contact.Channel.PHONE,
            party=Contact.Party.CLAIMANT,
            minutes=minutes,
            by=actor.user,
        )
        progress.close(inquiry.pk, stage=Inquiry.Stage.ANSWERED, at=at, by=actor.user)
        facts = {"kind": kind, "identity": guide.identity, "minutes": minutes}
        event(rule.event, actor=actor, at=at, subject=inquiry.label, facts=facts)
        return made


def _refuse_unshown(inquiry: Inquiry, guide: UseGuide, unit: str, at: datetime) -> None:
    if guide.identity == UseGuide.Identity.UNIT and not unit:
        words = _("Ask for the using unit, and type what the caller says.")
        raise Refused(words, {"unit": words})
    kinds = SHOWN_BY.get(guide.identity)
    shown = Check.objects.filter(inquiry=inquiry, kind__in=kinds or (), result=Check.Result.ENOUGH)
    # A customer's yes counts for its days only, whatever came of it on the first of them.
    if kinds and not any(one.kind != Check.Kind.CONSENT or shows_consent(one, at) for one in shown):
        raise Refused(_("This kind of question needs first: %(what)s.") % {"what": guide.get_identity_display()})
