"""What else waits for somebody on the home page: questions and decisions, each with the page where it is answered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from accounts.actors import Actor
from accounts.models import OrganisationKind, Role
from handover.models import (
    Activation,
    ActivationLetter,
    AuthorityCase,
    AuthorityObjection,
    ChangeApproval,
    ChangeConsent,
    ChangeRequest,
    Custody,
    Handover,
    HandoverQuestion,
    Mandate,
    MandateRegistration,
    NoticeLetter,
)
from handover.queries import attestation
from handover.queries.authority import wanted_roles
from handover.rules import activations, authority, changes
from handover.rules.mandates import RENEWAL_DAYS

MOST = 50
"""Rows of each kind that are looked at: the page says that something waits, its lists have all of it."""
ASKED = "asked"


@dataclass(frozen=True)
class Line:
    """One kind of thing that waits: what and how many, in words, and where to go for it."""

    key: str
    words: str
    path: str


def lines_for(actor: Actor, at: datetime) -> list[Line]:
    """Return what waits for `actor` beside handovers and tasks, the most urgent kind first."""
    if actor.is_customer:
        return [*_of_holder(actor), *_of_administrator(actor, at)]
    if actor.kind == OrganisationKind.PROVIDER:
        return [*_of_deciding(actor), *_of_operator(actor)]
    if actor.kind == OrganisationKind.CONTRACTOR:
        return list(_ending(Mandate.objects.filter(contractor=actor.organisation), at))
    return []


def _of_holder(actor: Actor) -> Iterator[Line]:
    heard = AuthorityObjection.objects.filter(case=OuterRef("pk"))
    against = AuthorityCase.objects.against(actor).filter(~Exists(heard), status=AuthorityCase.Status.NOTIFIED)
    if found := against.order_by("pk").first():
        words = gettext("Your registrations are to be reassigned: say what speaks against it")
        yield Line("authority", words, reverse("handover:authority_object", args=[found.number]))
    if n := attestation.waiting_for(actor).count():
        words = ngettext("%(n)d yearly question is not answered", "%(n)d yearly questions are not answered", n)
        yield Line(ASKED, words % {"n": n}, reverse("handover:attestation"))
    if rows := _mandates_asked(actor):
        words = ngettext("A contractor asks for a mandate", "Contractors ask for %(n)d mandates", len(rows))
        yield Line("mandate", words % {"n": len(rows)}, reverse("handover:mandate", args=[rows[0].number]))
    if wishes := _changes_to_agree(actor):
        words = ngettext("A change waits for your consent", "%(n)d changes wait for your consent", len(wishes))
        yield Line("change", words % {"n": len(wishes)}, reverse("handover:change", args=[wishes[0].number]))
    if asked := _questions(actor):
        words = ngettext("A successor's question waits", "%(n)d questions of successors wait", len(asked))
        path = reverse("handover:handover", args=[asked[0].handover.number])
        yield Line("question", words % {"n": len(asked)}, path)


def _of_administrator(actor: Actor, at: datetime) -> Iterator[Line]:
    if actor.is_administrator:
        yield from _ending(Mandate.objects.filter(customer=actor.organisation), at)


def _mandates_asked(actor: Actor) -> list[Mandate]:
    """Return the mandates with a registration that `actor` decides on (procedure.md B6), the oldest first."""
    undecided = MandateRegistration.objects.undecided()
    if not actor.is_administrator:
        held = Custody.objects.current().filter(user=actor.user)
        undecided = undecided.filter(registration__in=held.values("registration"))
    asked = Mandate.objects.filter(customer=actor.organisation, status=Mandate.Status.ASKED)
    return list(asked.filter(pk__in=undecided.values("mandate")).order_by("pk")[:MOST])


def _changes_to_agree(actor: Actor) -> list[ChangeRequest]:
    """Return the requests that wait for the yes of the side `actor` speaks for, the oldest first."""
    kinds = (ChangeRequest.Kind.TRANSFER, ChangeRequest.Kind.CANCELLATION)
    rows = ChangeRequest.objects.visible_to(actor).filter(kind__in=kinds, status=ChangeRequest.Status.REQUESTED)
    given = set(ChangeConsent.objects.filter(change__in=rows).values_list("change", "side"))
    found = []
    for change in rows.order_by("pk")[:MOST]:
        side = changes.side_of(actor, change)
        if side in changes.wanted_sides(change) and (change.pk, side) not in given:
            found.append(change)
    return found


def _questions(actor: Actor) -> list[HandoverQuestion]:
    precedes = Q(handover__given_by=actor.user) | Q(handover__offered_by=actor.user)
    reads = [*Handover.OPEN, Handover.Status.OVERLAP]
    rows = HandoverQuestion.objects.filter(precedes, answered_at=None, handover__status__in=reads)
    rows = rows.filter(handover__organisation=actor.organisation)
    return list(rows.select_related("handover").order_by("asked_at", "pk")[:MOST])


def _ending(mandates: QuerySet[Mandate], at: datetime) -> Iterator[Line]:
    """Yield a line for mandates that can be renewed by now and are not."""
    last = timezone.localdate(at) + timedelta(days=RENEWAL_DAYS)
    renewed = Mandate.objects.filter(renewed_from=OuterRef("pk"), status__in=Mandate.OPEN)
    if n := mandates.filter(~Exists(renewed), status=Mandate.Status.ACTIVE, ends_on__lte=last).count():
        words = ngettext("%(n)d mandate ends soon", "%(n)d mandates end soon", n)
        yield Line("ending", words % {"n": n}, reverse("handover:mandates"))


def _of_deciding(actor: Actor) -> Iterator[Line]:
    answered = Activation.objects.select_related("ordered_by", "checked_by").order_by("asked_at", "pk")
    checked = answered.filter(status=Activation.Status.CHECKED)[:MOST]
    if agree := [one for one in checked if activations.may_approve(actor, one)]:
        words = ngettext("An activation waits for your agreement", "%(n)d activations wait for agreement", len(agree))
        yield Line("agree", words % {"n": len(agree)}, reverse("handover:activation", args=[agree[0].number]))
    if cases := _cases(actor):
        words = ngettext("A reassignment on authority waits", "%(n)d reassignments on authority wait", len(cases))
        yield Line("authority", words % {"n": len(cases)}, reverse("handover:authority_case", args=[cases[0].number]))
    if wishes := _changes_to_decide(actor):
        words = ngettext("A change waits for your decision", "%(n)d changes wait for your decision", len(wishes))
        yield Line("decide", words % {"n": len(wishes)}, reverse("handover:change", args=[wishes[0].number]))


def _cases(actor: Actor) -> list[AuthorityCase]:
    """Return the cases in which this person's yes, or a senior's answer to an objection, is missing."""
    rows = AuthorityCase.objects.for_staff(actor)
    proposed = rows.filter(status=AuthorityCase.Status.PROPOSED).order_by("proposed_at", "pk")[:MOST]
    roles = {role for role in authority.NEEDED_ROLES if actor.has(role)}
    found = [one for one in proposed if roles & wanted_roles(one) and authority.may_approve(actor, one)]
    unheard = AuthorityObjection.objects.filter(answered_at=None).values("case")
    heard = rows.filter(status=AuthorityCase.Status.NOTIFIED, pk__in=unheard).order_by("pk")[:MOST]
    return found + [one for one in heard if authority.may_answer(actor, one)]


def _changes_to_decide(actor: Actor) -> list[ChangeRequest]:
    rows = ChangeRequest.objects.visible_to(actor).filter(status=ChangeRequest.Status.PROPOSED).order_by("pk")
    own = ChangeApproval.objects.filter(change=OuterRef("pk"), by=actor.user, void_at=None)
    return [one for one in rows.filter(~Exists(own))[:MOST] if changes.decides(actor, one)]


def _of_operator(actor: Actor) -> Iterator[Line]:
    if not actor.has(Role.OPERATOR):
        return
    asked = Activation.objects.filter(status=Activation.Status.ASKED).select_related("ordered_by")
    if check := [one for one in asked.order_by("asked_at", "pk")[:MOST] if activations.may_check(actor, one)]:
        words = ngettext("An answered activation is to be checked", "%(n)d activations are to be checked", len(check))
        yield Line("check", words % {"n": len(check)}, reverse("handover:activation", args=[check[0].number]))
    if n := ChangeRequest.objects.filter(status=ChangeRequest.Status.REQUESTED).count():
        words = ngettext("%(n)d change is to be examined", "%(n)d changes are to be examined", n)
        yield Line("examine", words % {"n": n}, reverse("handover:changes"))
    letters = ActivationLetter.objects.to_print().select_related("ordered_by")[:MOST]
    if n := sum(not activations.is_same_human(one.ordered_by, actor.user) for one in letters):
        words = ngettext("%(n)d activation letter is to be printed", "%(n)d activation letters are to be printed", n)
        yield Line("print", words % {"n": n}, reverse("handover:activation_letters"))
    if n := NoticeLetter.objects.filter(printed_at=None).count():
        words = ngettext("%(n)d yearly letter is to be printed", "%(n)d yearly letters are to be printed", n)
        yield Line("notices", words % {"n": n}, reverse("handover:notice_letters"))
