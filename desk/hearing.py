"""What inquirers are told about their feedback, and about mistakes of ours. Plain functions, inside an act."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit.models import Event
from desk import progress
from desk.models import Feedback, Inquiry
from handover import notices
from handover.calendar import business_days_after
from outbox import post


def can_mail(inquiry: Inquiry | None) -> bool:
    """Whether the inquirer chose mail and gave an address."""
    return inquiry is not None and inquiry.answer_by == Inquiry.Answer.MAIL and bool(inquiry.statement.mail)


def mail(template: str, inquiry: Inquiry, *, event: Event, at: datetime, **context: Any) -> None:
    """Queue one mail to the inquirer, in the language of the inquiry."""
    context = {**context, "number": inquiry.receipt_number}
    post.mail(
        template,
        to=inquiry.statement.mail,
        language=inquiry.language,
        context=context,
        event=event,
        recipient=inquiry.label,
        at=at,
    )


def acknowledge(inquiry: Inquiry, tracking: str, *, event: Event, at: datetime) -> None:
    """Send receipt number and tracking code where mail is chosen; the others read them on the page."""
    if can_mail(inquiry):
        mail("feedback_received", inquiry, event=event, at=at, tracking=tracking)


def answer(feedback: Feedback, *, event: Event, at: datetime) -> bool:
    """Bring the answer where it goes by mail, to staff or inquirer, and end the matter; False where the desk brings it.

    The desk's turn ends within two business days, and the inquirer reads on the status page that we call or write.
    """
    if feedback.source == Feedback.Source.STAFF:
        notices.tell("rule_answered", [feedback.heard_by], event=event, at=at, feedback=feedback)
        return True
    inquiry = feedback.inquiry
    if inquiry is None:
        return True
    if can_mail(inquiry):
        mail("feedback_answered", inquiry, event=event, at=at, feedback=feedback)
        end(feedback, by=feedback.answered_by, at=at)
        return True
    if inquiry.topic == Inquiry.Topic.FEEDBACK and inquiry.closed_at is None:
        by_phone = inquiry.answer_by == Inquiry.Answer.PHONE
        stage = Inquiry.Stage.CALLING if by_phone else Inquiry.Stage.LOOKING
        next_on = business_days_after(timezone.localdate(at), progress.ANSWER_WITHIN)
        progress.stand(inquiry.pk, stage=stage, turn=Inquiry.Turn.DESK, next_on=next_on)
    return False


def end(feedback: Feedback, *, by: User | None, at: datetime) -> None:
    """Close the inquiry that was only this feedback, once nothing else of it is unanswered."""
    inquiry = feedback.inquiry
    if inquiry is None or inquiry.topic != Inquiry.Topic.FEEDBACK or inquiry.closed_at is not None:
        return
    waiting = Feedback.objects.filter(inquiry=inquiry).exclude(pk=feedback.pk).exclude(status=Feedback.Status.TOLD)
    if not waiting.exists():
        progress.close(inquiry.pk, stage=Inquiry.Stage.ANSWERED, at=at, by=by)


def labels(feedback: Feedback) -> list[str]:
    """Return whose history it belongs to beside its own: the inquiry's."""
    return [feedback.inquiry.label] if feedback.inquiry else []
