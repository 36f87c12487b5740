"""Complaints, ideas and praise: taken down, sent, shared with a department, answered, and told."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Role
from accounts.persons import is_same_human
from accounts.rulebook import check
from audit.record import Public, event
from desk import escalating, hearing, progress
from desk.models import Contact, Feedback, Inquiry, Statement
from desk.rules import TABLE
from handover import notices
from handover.calendar import business_days_after
from outbox import cipher


def record_feedback(
    inquiry_pk: int, *, kind: str, tag: str, words: str, contact_pk: int | None = None, actor: Actor, at: datetime
) -> Feedback:
    """Take down what an inquirer thinks of us, at the inquiry and, where it is one, the contact that caused it.

    Raises `NotAllowed`; `Refused` for a contact of another inquiry.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "record_feedback", inquiry, actor)
        if contact_pk is not None and not Contact.objects.filter(pk=contact_pk, inquiry=inquiry).exists():
            words_ = _("This contact belongs to another case.")
            raise Refused(words_, {"contact": words_})
        made = Feedback.objects.create(
            inquiry=inquiry,
            cause=inquiry,
            contact_id=contact_pk,
            source=Feedback.Source.CALL,
            kind=kind,
            tag=tag,
            sealed_words=cipher.encrypt(words),
            heard_by=actor.user,
            at=at,
        )
        facts = {"kind": kind, "tag": tag}
        event(rule.event, actor=actor, at=at, subject=made.label, about=[inquiry.label], facts=facts)
        return made


def send_feedback(
    *,
    kind: str,
    tag: str,
    words: str,
    statement: Statement,
    answer_by: str,
    language: str,
    about: str,
    actor: Actor | Public,
    at: datetime,
) -> tuple[Inquiry, str]:
    """Take in what came by the public form; returns its inquiry and the tracking code, which is kept nowhere.

    `about` is a receipt number as typed, or "". Whether it is one changes nothing that the sender reads, and nothing
    that is written for them: it only leads our own people to the case. An acknowledgement goes out at once where mail
    is chosen. Raises `NotAllowed`.
    """
    tracking = progress.new_tracking_code()
    with transaction.atomic(durable=True):
        rule = check(TABLE, "send_feedback", None, actor)
        next_on = business_days_after(timezone.localdate(at), progress.ANSWER_WITHIN)
        inquiry = progress.take_in(
            came_by=Inquiry.Way.WEB,
            statement=statement,
            capacity=Inquiry.Capacity.UNKNOWN,
            answer_by=answer_by,
            language=language,
            tracking_code=tracking,
            next_on=next_on,
            at=at,
            topic=Inquiry.Topic.FEEDBACK,
        )
        made = Feedback.objects.create(
            inquiry=inquiry,
            cause=Inquiry.objects.filter(receipt_number=about).first(),
            source=Feedback.Source.WEB,
            kind=kind,
            tag=tag,
            sealed_words=cipher.encrypt(words),
            at=at,
        )
        facts = {"kind": kind, "tag": tag}
        written = event(rule.event, actor=actor, at=at, subject=made.label, about=[inquiry.label], facts=facts)
        hearing.acknowledge(inquiry, tracking, event=written, at=at)
        return inquiry, tracking


def challenge_rule(*, number: str, kind: str, words: str, actor: Actor, at: datetime) -> Feedback:
    """Say as one of the staff what is wrong with rule `number`. Editors and seniors are told, past any supervisor.

    Raises `NotAllowed`.
    """
    with transaction.atomic(durable=True):
        rule = check(TABLE, "challenge_rule", None, actor)
        made = Feedback.objects.create(
            source=Feedback.Source.STAFF,
            kind=kind,
            tag=Feedback.Tag.RULE,
            rule=number,
            sealed_words=cipher.encrypt(words),
            heard_by=actor.user,
            at=at,
        )
        written = event(rule.event, actor=actor, at=at, subject=made.label, facts={"kind": kind, "rule": number})
        others = [one for one in escalating.people_of(Role.EDITOR, Role.SENIOR) if not is_same_human(one, actor.user)]
        notices.tell("rule_challenged", others, event=written, at=at, feedback=made)
        return made


def share_feedback(feedback_pk: int, *, department: str, tag: str, actor: Actor, at: datetime) -> Feedback:
    """Give feedback to the department that it concerns; another may take it over. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        found = _lock(feedback_pk)
        rule = check(TABLE, "share_feedback", found, actor)
        if found.department == department and found.tag == tag:
            raise WrongState(_("It is with this department already. Nothing was changed."))
        found.department, found.tag, found.status, found.shared_at = department, tag, Feedback.Status.SHARED, at
        found.save(update_fields=["department", "tag", "status", "shared_at"])
        facts = {"department": department, "tag": tag}
        event(rule.event, actor=actor, at=at, subject=found.label, facts=facts)
        return found


def answer_feedback(
    feedback_pk: int, *, became: str, words: str, version: int | None = None, actor: Actor, at: datetime
) -> Feedback:
    """Say what becomes of it; `words` are the answer. By mail it goes out at once; otherwise the desk brings it.

    `version` is the version of the procedure in which a rule changes: kept here only. Raises `NotAllowed`,
    `WrongState`; `Refused` for a version with anything else than a changed rule or changed words.
    """
    with transaction.atomic(durable=True):
        found = _lock(feedback_pk)
        rule = check(TABLE, "answer_feedback", found, actor)
        if version is not None and became not in (Feedback.Became.RULE, Feedback.Became.WORDS):
            refused = _("A version belongs to a rule or to words that change.")
            raise Refused(refused, {"version": refused})
        found.became, found.sealed_answer, found.version = became, cipher.encrypt(words), version
        found.answered_by, found.answered_at, found.status = actor.user, at, Feedback.Status.ANSWERED
        written = event(
            rule.event, actor=actor, at=at, subject=found.label, about=hearing.labels(found), facts={"became": became}
        )
        if hearing.answer(found, event=written, at=at):
            found.status, found.told_at = Feedback.Status.TOLD, at
        found.save()
        return found


def tell_feedback(feedback_pk: int, *, actor: Actor, at: datetime) -> Feedback:
    """Note that the inquirer heard the answer by phone or letter: there is a contact that says so.

    Raises `NotAllowed`, `WrongState`; `Refused` while no call or letter to the inquirer is written down since.
    """
    with transaction.atomic(durable=True):
        found = _lock(feedback_pk)
        rule = check(TABLE, "tell_feedback", found, actor)
        since = Contact.objects.filter(inquiry=found.inquiry_id, at__gte=found.answered_at)
        if not since.filter(direction=Contact.Direction.OUT, party=Contact.Party.CLAIMANT, reached=True).exists():
            raise Refused(_("Note the call or the letter to the inquirer first."))
        found.status, found.told_at = Feedback.Status.TOLD, at
        found.save(update_fields=["status", "told_at"])
        hearing.end(found, by=actor.user, at=at)
        event(rule.event, actor=actor, at=at, subject=found.label, about=hearing.labels(found))
        return found


def _lock(feedback_pk: int) -> Feedback:
    """Lock the inquiry first, as everywhere, then the feedback."""
    inquiry_pk = Feedback.objects.values_list("inquiry_id", flat=True).get(pk=feedback_pk)
    if inquiry_pk is not None:
        Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
    rows = Feedback.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("inquiry", "heard_by").get(pk=feedback_pk)
