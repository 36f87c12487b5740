"""How a released answer reaches the inquirer, and what it settles. Plain functions: inside somebody's act."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit.models import Event
from desk import composing, progress, withholding
from desk.models import CallIntention, Contact, FormalAnswer, Hold, Inquiry
from handover.calendar import business_days_after
from outbox import post
from outbox.models import Notice

PURPOSE = CallIntention.Purpose.INFORM
"""What the page that tells whether a letter is ours says of an answer."""
CHANNELS = {
    FormalAnswer.Way.LETTER: Contact.Channel.LETTER,
    FormalAnswer.Way.MAIL: Contact.Channel.MAIL,
    FormalAnswer.Way.PAGE: Contact.Channel.WEB,
}


def lock(answer_pk: int) -> tuple[Inquiry, FormalAnswer]:
    """Lock inquiry and answer, in this order, and return them."""
    pk = FormalAnswer.objects.values_list("inquiry_id", flat=True).get(pk=answer_pk)
    inquiry = Inquiry.objects.select_for_update(no_key=True).get(pk=pk)
    answer = FormalAnswer.objects.select_for_update(no_key=True, of=("self",)).get(pk=answer_pk)
    answer.inquiry = inquiry
    return inquiry, answer


def with_writer(answer: FormalAnswer, writer: User) -> list[int]:
    """Return everybody who had a hand in the words of `answer`, with `writer`: none of them lets it leave."""
    return sorted({*answer.written_by, writer.pk})


def warning(named: Iterable[str]) -> str:
    """Return why words with what `withholding` found in them cannot leave."""
    words = {
        withholding.NUMBER: _("the number of a registration"),
        withholding.NAME: _("the name of a person in charge"),
        withholding.ADDRESS: _("an address, phone or mail on record"),
        withholding.STAFF: _("the name of somebody who works here"),
    }
    listed = ", ".join(words[name] for name in words if name in set(named))
    return _("This names what nobody is told in a letter: %(what)s. Take it out.") % {"what": listed}


def send(answer: FormalAnswer, written: Event, at: datetime) -> Notice | None:
    """Queue what tells the inquirer: the letter for the print run, or a mail without any content; None for neither."""
    inquiry = answer.inquiry
    if answer.way == FormalAnswer.Way.LETTER:
        content = {"answer": answer.pk, "letter_number": answer.letter_number, "sha256": answer.hash}
        return post.letter("formal_answer", content=content, event=written, recipient=inquiry.label, at=at)
    if answer.way == FormalAnswer.Way.MAIL:
        return post.mail(
            "answer_ready",
            to=inquiry.statement.mail,
            language=inquiry.language,
            context={"inquiry": inquiry},
            event=written,
            recipient=inquiry.label,
            at=at,
        )
    return None


def settle(answer: FormalAnswer, *, by: User, at: datetime) -> None:
    """Write down that the inquirer heard from us; a decision of the provider closes the hold, and the matter.

    A recovery goes on: only its hold is kept. Where the answer waits on the status page alone, the desk still calls.
    """
    inquiry = answer.inquiry
    progress.note(
        inquiry.pk,
        text="",
        at=at,
        direction=Contact.Direction.OUT,
        channel=CHANNELS[FormalAnswer.Way(answer.way)],
        party=Contact.Party.CLAIMANT,
        by=answer.drafted_by,
    )
    if answer.speaks_for != FormalAnswer.Voice.PROVIDER or not composing.frame_of(answer).decides:
        return
    if inquiry.topic != Inquiry.Topic.RECOVERY and answer.way != FormalAnswer.Way.PAGE:
        progress.close(inquiry.pk, stage=Inquiry.Stage.ANSWERED, at=at, by=by)
        return
    kept = Hold.objects.filter(inquiry=inquiry, closed_at=None).update(
        closed_at=at, closed_by=by, outcome=Hold.Outcome.DECIDED
    )
    if inquiry.topic != Inquiry.Topic.RECOVERY:
        progress.stand(inquiry.pk, stage=Inquiry.Stage.ANSWERED, turn=Inquiry.Turn.DESK, next_on=_soon(at))
        Inquiry.objects.filter(pk=inquiry.pk).update(status=Inquiry.Status.ANSWERED)
    elif kept:
        Inquiry.objects.filter(pk=inquiry.pk).update(status=Inquiry.Status.OPEN, next_on=_soon(at))


def unsettle(inquiry: Inquiry, answer: FormalAnswer, *, at: datetime) -> None:
    """Open the matter again that an answer had closed and that never left."""
    if inquiry.status == Inquiry.Status.CLOSED and inquiry.stage == Inquiry.Stage.ANSWERED:
        progress.reopen(inquiry.pk, stage=Inquiry.Stage.LOOKING, turn=Inquiry.Turn.PROVIDER, next_on=_soon(at))
    # Whoever shows such a letter from this instant on has none of ours.
    if answer.intention is not None:
        letter = CallIntention.objects.filter(pk=answer.intention.pk, cancelled_at=None)
        letter.update(cancelled_at=at, used_at=None)


def _soon(at: datetime) -> date:
    return business_days_after(timezone.localdate(at), progress.SILENCE)
