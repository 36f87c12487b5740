"""What was said about us, as its readers may see it."""

from django.db.models import QuerySet

from accounts.actors import Actor
from desk.models import Contact, Feedback, Inquiry
from desk.queries.inquiries import talks_of

OPEN = (Feedback.Status.OPEN, Feedback.Status.SHARED, Feedback.Status.ANSWERED)


def feedback(actor: Actor, *, department: str = "", show: str = "") -> QuerySet[Feedback]:
    """Return what `actor` may read, what waits longest first; with `show` "all" also what was told, the newest first.

    `department` narrows it to one; "none" to what is with no department yet.
    """
    rows = Feedback.objects.visible_to(actor).select_related("inquiry", "cause")
    if department == "none":
        rows = rows.filter(department="")
    elif department in Feedback.Department.values:
        rows = rows.filter(department=department)
    if show == "all":
        return rows.order_by("-at", "-pk")
    return rows.filter(status__in=OPEN).order_by("at", "pk")


def find_feedback(actor: Actor, pk: int) -> Feedback | None:
    """Return one if `actor` may read it."""
    rows = Feedback.objects.visible_to(actor).select_related("inquiry", "cause", "contact", "heard_by")
    return rows.filter(pk=pk).first()


def causes(inquiry: Inquiry, actor: Actor) -> list[tuple[str, Contact]]:
    """Return the contacts of `inquiry` that `actor` sees, by key, the newest first: one of them may be the cause."""
    return [(str(talk.contact.pk), talk.contact) for talk in talks_of(inquiry, actor)]
