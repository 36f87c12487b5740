"""Worklists of letters that open an organisation's access; none names a registration."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Membership, Organisation, OrganisationKind
from handover import reaching
from handover.models import Activation, ActivationLetter, ContactPoint, Registration
from handover.rules.activations import is_same_human

SHOWN = 200
"""Rows of each list; a morning's post is less."""
S = Activation.Status
WAITING = (S.ASKED, S.CHECKED)
TENURE_DAYS = 30
"""Days after which a contact point of record proves something (procedure.md A4)."""


@dataclass(frozen=True)
class Row:
    """One activation of the worklist. `days`: since the letter was ordered; `is_late`: its code is too old."""

    activation: Activation
    days: int
    is_late: bool


@dataclass(frozen=True)
class Waiting:
    """A letter that waits for the printer. `is_own`: the reader ordered it and does not print it."""

    letter: ActivationLetter
    is_own: bool


def unclaimed(words: str = "") -> QuerySet[Organisation]:
    """Return customers with active registrations and without any member, by kana; `words` must occur in the name.

    Those whose letter was answered, or is neither back nor expired, are in the other lists; here they have
    `letter_out`.
    """
    members = Membership.objects.current().filter(organisation=OuterRef("pk"))
    active = Registration.objects.filter(organisation=OuterRef("pk"), status=Registration.Status.ACTIVE)
    found = Organisation.objects.filter(~Exists(members), Exists(active), kind=OrganisationKind.CUSTOMER)
    for word in words.split():
        found = found.filter(
            Q(legal_name__icontains=word) | Q(kana__icontains=word) | Q(corporate_number__startswith=word)
        )
    letters = Activation.objects.filter(status__in=Activation.OPEN).filter(organisation=OuterRef("pk"))
    return found.filter(~Exists(letters)).order_by("kana", "legal_name", "pk")


def registered_counts(organisations: list[Organisation]) -> dict[int, int]:
    """Return how many active registrations each of `organisations` has."""
    rows = Registration.objects.filter(organisation__in=organisations, status=Registration.Status.ACTIVE)
    return dict(rows.values_list("organisation_id").annotate(n=Count("pk")).order_by())


def find_unclaimed(pk: int) -> Organisation | None:
    """Return a customer that nobody has claimed."""
    return unclaimed().filter(pk=pk).first() or _with_letter(pk)


def _with_letter(pk: int) -> Organisation | None:
    open_letter = Activation.objects.filter(status__in=Activation.OPEN).filter(organisation=OuterRef("pk"))
    members = Membership.objects.current().filter(organisation=OuterRef("pk"))
    return Organisation.objects.filter(Exists(open_letter), ~Exists(members), pk=pk).first()


def waiting_for_us(at: datetime) -> list[Row]:
    """Return the requests that an operator or approver has to look at, the oldest first."""
    rows = Activation.objects.filter(status__in=WAITING).select_related("organisation", "code")
    return [_row(one, at) for one in rows.order_by("asked_at", "pk")[:SHOWN]]


def out(at: datetime) -> list[Row]:
    """Return the letters that are ordered, on their way, or answered without a confirmed mail; the oldest first."""
    rows = Activation.objects.filter(status__in=[S.ORDERED, S.SENT, S.ENTERED]).select_related("organisation", "code")
    return [_row(one, at) for one in rows.order_by("ordered_at", "pk")[:SHOWN]]


def _row(one: Activation, at: datetime) -> Row:
    days = (timezone.localdate(at) - timezone.localdate(one.ordered_at)).days
    return Row(one, days, one.is_expired(at))


def find_activation(number: str) -> Activation | None:
    """Return the activation with this letter number."""
    people = ("ordered_by", "checked_by", "decided_by")
    return Activation.objects.select_related("organisation", "code", *people).filter(number=number).first()


def letters_of(activation: Activation) -> list[ActivationLetter]:
    """Return the letters of one activation, the oldest first."""
    return list(activation.letters.select_related("printed_by").order_by("pk"))


def to_print(actor: Actor) -> list[Waiting]:
    """Return the letters that wait for the printer, the oldest first."""
    rows = ActivationLetter.objects.to_print().select_related("activation__organisation", "ordered_by")
    return [Waiting(one, is_same_human(one.ordered_by, actor.user)) for one in rows.order_by("queued_at", "pk")[:SHOWN]]


def phones_of(organisation: Organisation, at: datetime) -> list[tuple[ContactPoint, bool]]:
    """Return phone numbers of record to call back, the longest on record first, with whether they are settled."""
    rows = ContactPoint.objects.current().filter(
        registration__organisation=organisation,
        registration__status=Registration.Status.ACTIVE,
        kind=ContactPoint.Kind.PHONE,
    )
    today, seen = timezone.localdate(at), dict[str, tuple[ContactPoint, bool]]()
    for point in reaching.serving(rows.order_by("since", "pk")[:SHOWN], reaching.PROCEDURE):
        seen.setdefault(point.value, (point, (today - point.since).days >= TENURE_DAYS))
    return list(seen.values())[:5]


def knows_domain(activation: Activation) -> bool:
    """Whether the stated mail address lies on a domain of a mail address of record."""
    domain = activation.mail.rpartition("@")[2]
    points = ContactPoint.objects.current().filter(
        registration__organisation=activation.organisation, kind=ContactPoint.Kind.MAIL
    )
    return bool(domain) and points.filter(value__iendswith=f"@{domain}").exists()
