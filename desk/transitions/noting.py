"""Notes about people: from a list, for a time."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.rulebook import check
from audit.record import System, event
from desk import noting
from desk.models import Inquiry, PersonNote
from desk.queries import notes_about
from desk.rules import TABLE, sees_team

USUAL, LONGEST = 180, 365
"""Days for which a note stands, and at most."""


def note_person(inquiry_pk: int, *, word: str, days: int, actor: Actor, at: datetime) -> PersonNote:
    """Note one of the list about whoever this inquiry is from, for `days`; shown in all their inquiries until then.

    Raises `NotAllowed`, `WrongState` when the case is over or it is noted already; `Refused` for another word, more
    days than `LONGEST`, a warning that no supervisor notes, or an inquirer without mail address and direct number.
    """
    with transaction.atomic(durable=True):
        inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=inquiry_pk)
        rule = check(TABLE, "note_person", inquiry, actor)
        if word not in PersonNote.Word.values or not 1 <= days <= LONGEST:
            words = _("Choose one of the list, for at most a year.")
            raise Refused(words, {"word": words})
        if word == PersonNote.Word.WARNED and not sees_team(actor):
            words = _("That a call was ended is noted by a supervisor.")
            raise Refused(words, {"word": words})
        prints = noting.prints(inquiry.statement)
        if not any(prints.values()):
            raise Refused(_("Without a mail address or a direct number nobody would be known again by it."))
        if any(one.word == word for one in notes_about(inquiry, at)):
            raise WrongState(_("This is noted already. Nothing was changed."))
        made = PersonNote.objects.create(
            word=word, inquiry=inquiry, by=actor.user, at=at, days=days, expires_at=at + timedelta(days=days), **prints
        )
        facts = {"word": word, "days": days}
        event(rule.event, actor=actor, at=at, subject=inquiry.label, about=[made.label], facts=facts)
        return made


def remove_person_note(note_pk: int, *, actor: Actor, at: datetime) -> PersonNote:
    """Remove a note, and with it by whom it would be known again. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        found = _locked(note_pk)
        rule = check(TABLE, "remove_person_note", found, actor)
        _refuse_gone(found)
        _forget(found, actor, at)
        facts = {"word": found.word}
        event(rule.event, actor=actor, at=at, subject=found.inquiry.label, about=[found.label], facts=facts)
        return found


def expire_person_note(note_pk: int, *, actor: System, at: datetime) -> PersonNote:
    """Forget whom a note was about when it has run out. Raises `NotAllowed`, `WrongState` when it has not."""
    with transaction.atomic(durable=True):
        found = _locked(note_pk)
        rule = check(TABLE, "expire_person_note", found, actor)
        _refuse_gone(found)
        if found.expires_at > at:
            raise WrongState(_("It has not run out yet. Nothing was changed."))
        _forget(found, None, at)
        event(rule.event, actor=actor, at=at, subject=found.inquiry.label, about=[found.label])
        return found


def _locked(pk: int) -> PersonNote:
    return PersonNote.objects.select_for_update(no_key=True, of=("self",)).select_related("inquiry").get(pk=pk)


def _refuse_gone(note: PersonNote) -> None:
    if note.removed_at:
        raise WrongState(_("This note is gone already. Nothing was changed."))


def _forget(note: PersonNote, by: Actor | None, at: datetime) -> None:
    note.removed_at, note.removed_by = at, by.user if by else None
    note.mail_print = note.phone_print = ""
    note.save(update_fields=["removed_at", "removed_by", "mail_print", "phone_print"])
