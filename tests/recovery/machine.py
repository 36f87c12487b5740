"""People doing whatever comes to mind with registrations and claims on them; the invariants after every step.

On top of the machine of handovers: somebody claims, staff examine, object, decide and carry out, in the right order or
in any other, as the right people or as others. What must hold is worked out here anew, from rows, not by the code that
decides: see `violations`.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from accounts.actors import find_actor
from accounts.models import Membership, Role, User
from audit import record
from audit.models import Event
from handover.calendar import is_business_day
from handover.models import ContactPoint, Custody, Restriction
from outbox import delivery
from outbox.models import Notice
from recovery import clock, transitions
from recovery.models import Claim, Dispatch, Evidence, Objection
from tests import claims
from tests.cast import somebody
from tests.handover.machine import VISITED, Handovers

STAFF = st.integers(0, 6)
TROUBLES = (
    "",
    "same_phone",
    "young_phone",
    "foreign_code",
    "custodian_comes",
    "objection",
    "agent_approves",
    "same_person",
    "next_day",
    "nobody_approves",
)
"""What may come in the way of a claim that else is done by the book."""
CHANNELS = {"A2", "C1", "C1b", "C2", "C3"}


class Recoveries(Handovers):
    """`staff`: operator, colleague, approver, senior, agent, the operator's second account (an approver), auditor."""

    def __init__(self) -> None:
        super().__init__()
        users = {user.email.partition("@")[0]: user for user in User.objects.all()}
        second = somebody(
            Membership.objects.get(user=users["operator"]).organisation,
            "空知 操",
            "",
            "operator2@provider.example",
            Role.APPROVER,
        )
        User.objects.filter(pk=second.pk).update(person=users["operator"].person_id)
        names = ("operator", "colleague", "approver", "senior", "agent", "operator2", "auditor")
        self.staff = [User.objects.get(email__startswith=f"{name}@") for name in names]
        self.numbers: dict[int, str] = {}  # what was really called, by evidence
        self.count = 0

    @initialize()
    def begin(self) -> None:
        super().begin()
        for number, held in enumerate(self.registrations):
            for kind, value in (("phone", f"03-1234-000{number}"), ("post", f"東京都港区{number + 1}-1")):
                ContactPoint.objects.create(
                    registration=held, kind=kind, value=value, postal_code="1050001", since=date(2026, 6, 1)
                )

    # What people do -------------------------------------------------------------------------------------------------

    @rule(number=st.integers(0, 1))
    def somebody_claims(self, number: int) -> None:
        self._claims(number)

    @rule(number=st.integers(0, 1), trouble=st.sampled_from([*TROUBLES, "", ""]))
    def goes_all_the_way(self, number: int, trouble: str) -> None:
        """A claim from the form to the execution, with one thing that should stop it, or none."""
        claim = self._claims(number)
        if claim and self._collects(claim, number, trouble):
            self._decides(claim, trouble)

    def _claims(self, number: int) -> Claim | None:
        self.count += 1
        before = set(Claim.objects.values_list("pk", flat=True))
        self._act(
            transitions.open_claim,
            None,
            # Each claimant has a mailbox of one's own.
            statement=replace(claims.STATEMENT, mail=f"c{self.count}@new.example"),
            capacity="customer",
            answer_by="mail",
            language="ja",
            sender=f"host-{self.count}",
        )
        claim = Claim.objects.exclude(pk__in=before).first()
        if claim is None or not self._act(
            transitions.link, 0, claim.pk, registration_number=self.registrations[number].number
        ):
            return None
        self._act(transitions.enter_mailbox_code, None, claim.pk, typed=claims.code_in_mail(claim))
        return claim if self._act(transitions.accept, 0, claim.pk) else None

    def _collects(self, claim: Claim, number: int, trouble: str) -> bool:
        for code in ("O2", "P1", "O4"):
            self._proves(claim, code)
        record_phone = f"03-1234-000{number}"
        self._proves(claim, "A2", number=record_phone if trouble == "same_phone" else "03-9999-9999")
        if trouble == "young_phone":
            self._calls_young(claim, number)
        elif trouble == "same_phone":
            point = ContactPoint.objects.filter(registration=self.registrations[number], kind="phone").first()
            self._proves(claim, "C2", number=record_phone, point=point)
        else:
            self._types_letter(claim, foreign=trouble == "foreign_code")
        for medium in ("mail", "phone", "post"):
            self._act(transitions.record_attempt, 0, claim.pk, medium=medium, contact_point_pk=None, result="no_answer")
            self.at += timedelta(days=6)
        if trouble == "custodian_comes":
            self._comes(number)
        return self._act(transitions.propose, 0, claim.pk, reason="ok")

    def _calls_young(self, claim: Claim, number: int) -> None:
        """A number that somebody put on record 29 days ago."""
        point, _made = ContactPoint.objects.get_or_create(
            registration=self.registrations[number],
            kind="phone",
            value=f"03-5555-{self.count:04}",
            defaults={"since": timezone.localdate(self.at) - timedelta(days=29)},
        )
        self._proves(claim, "C2", number=point.value, point=point)

    def _proves(self, claim: Claim, code: str, *, number: str = "", point: ContactPoint | None = None) -> None:
        before = set(Evidence.objects.values_list("pk", flat=True))
        self._act(
            transitions.record_evidence,
            0,
            claim.pk,
            code=code,
            source="published" if code == "A2" else "registry" if code == "O2" else "",
            endpoint=number if code == "A2" else "",
            contact_point_pk=point.pk if point else None,
            issued_on=timezone.localdate(self.at) if code == "O2" else None,
            departure_stated=code == "A2",
            note="",
        )
        for made in Evidence.objects.exclude(pk__in=before):
            self.numbers[made.pk] = number or made.code

    def _types_letter(self, claim: Claim, *, foreign: bool) -> None:
        claim.refresh_from_db()
        held = claim.registration
        point = ContactPoint.objects.current().filter(registration=held, kind="post").first()
        if not point or not self._act(transitions.order_letter, 0, claim.pk, to=f"contact_point:{point.pk}"):
            return
        sent = Dispatch.objects.filter(claim=claim, gives="C1").order_by("-pk").first()
        assert sent is not None
        plain = claims.code_sent(sent)
        self._act(transitions.print_letters, 1, [sent.pk])
        into = Claim.objects.filter(status="collecting").exclude(pk=claim.pk).first() if foreign else claim
        if into is not None:
            before = set(Evidence.objects.values_list("pk", flat=True))
            self._act(transitions.enter_code, None, into.pk, purpose="letter", typed=plain)
            for made in Evidence.objects.exclude(pk__in=before):
                self.numbers[made.pk] = point.value
        if foreign and into is not None:
            # So that the other claim can go on and show what the foreign code was worth.
            for code in ("O2", "P1", "A2"):
                self._proves(into, code, number="03-9999-9999" if code == "A2" else "")

    def _decides(self, claim: Claim, trouble: str) -> None:
        self._delivers(claim)
        self._ticks()
        if trouble == "objection":
            self._objects(claim)
        claim.refresh_from_db()
        if trouble in ("next_day", "objection") and claim.window_ends_on:
            day = claim.window_ends_on + timedelta(days=1)
            self.at = max(self.at, datetime(day.year, day.month, day.day, 3, tzinfo=UTC))
        else:
            self.at += timedelta(days=40)
        self._ticks()
        claim.refresh_from_db()
        hash_ = claim.proposal_hash
        if trouble != "nobody_approves":
            approver = 4 if trouble == "agent_approves" else 5 if trouble == "same_person" else 2
            for who in (approver, 3):
                self._act(transitions.approve, who, claim.pk, signed_hash=hash_, reason="ok")
        claim.refresh_from_db()
        if claim.status == Claim.Status.APPROVED and claim.invitation and not claim.claimant_id:
            user = claims.opens_account(claim, at=self.at)
            self._try(transitions.get_ready, claim_pk=claim.pk, actor=find_actor(user))
        for who in (2, 4, 5):
            self._act(transitions.execute, who, claim.pk, signed_hash=hash_)

    def _delivers(self, claim: Claim) -> None:
        for notice in Notice.objects.filter(channel="mail", status="queued").exclude(template="claim_approved"):
            delivery.send(notice.pk, at=self.at)
        waiting = list(Dispatch.objects.to_print().filter(claim=claim))
        if waiting:
            self._act(transitions.print_letters, 1, [one.pk for one in waiting])
        for one in waiting:
            self._act(transitions.record_delivery, 1, one.pk, delivered_at=self.at)

    def _objects(self, claim: Claim) -> None:
        # The codes in mails are gone once they left: a letter not yet printed still has its own.
        self._act(transitions.record_attempt, 0, claim.pk, medium="post", contact_point_pk=None, result="sent")
        waiting = Dispatch.objects.to_print().filter(claim=claim).order_by("-pk").first()
        if waiting:
            self._act(transitions.object_to, None, typed=claims.objection_sent(waiting), words="")

    def _comes(self, number: int) -> None:
        """The custodian signs in."""
        held = Custody.objects.current().get(registration=self.registrations[number])
        actor = find_actor(User.objects.get(pk=held.user_id)) if held.user_id else None
        if actor:
            self.at += timedelta(seconds=1)
            record.event("accounts.signed_in", actor=actor, at=self.at, subject=actor.label)

    @precondition(lambda self: Claim.objects.filter(status__in=Claim.OPEN).exists())
    @rule(
        place=st.integers(0, 5),
        who=STAFF,
        act=st.sampled_from(["accept", "propose", "approve", "execute", "send_back", "refuse", "resume"]),
    )
    def somebody_presses(self, place: int, who: int, act: str) -> None:
        """Any act, by anybody, at any time."""
        rows = list(Claim.objects.filter(status__in=Claim.OPEN).order_by("pk"))
        claim = rows[place % len(rows)]
        more: dict[str, Any] = {}
        if act in ("approve", "execute"):
            more["signed_hash"] = claim.proposal_hash
        if act in ("approve", "propose", "send_back", "resume"):
            more["reason"] = "ok"
        if act == "refuse":
            more |= {"reason": "not_confirmed", "words": ""}
        self._act(getattr(transitions, act), who, claim.pk, **more)

    @precondition(lambda self: Objection.objects.filter(status="open").exists())
    @rule(first=STAFF, second=STAFF, outcome=st.sampled_from(["upheld", "dismissed"]))
    def somebody_settles(self, first: int, second: int, outcome: str) -> None:
        found = Objection.objects.filter(status="open").order_by("pk")[0]
        self._act(transitions.review_objection, first, found.pk, recommendation=outcome)
        self._act(transitions.decide_objection, second, found.pk, outcome=outcome, reason="")

    @rule(number=st.integers(0, 1))
    def custodian_comes(self, number: int) -> None:
        self._comes(number)

    @rule(days=st.sampled_from([1, 8, 31]))
    def weeks_pass(self, days: int) -> None:
        self.at += timedelta(days=days)
        self._ticks()

    def _ticks(self) -> None:
        for act, number in clock.run(at=self.at).items():
            VISITED[act] += number

    def _act(self, act: Any, who: int | None, *things: Any, **arguments: Any) -> bool:
        """Let one of the staff, or the public, do `act`."""
        arguments["actor"] = claims.PUBLIC if who is None else find_actor(User.objects.get(pk=self.staff[who].pk))

        def with_things(**given: Any) -> Any:
            return act(*things, **given)

        with_things.__name__ = act.__name__
        return self._try(with_things, **arguments)

    # What must hold -------------------------------------------------------------------------------------------------

    @invariant()
    def no_claim_was_carried_out_against_the_rules(self) -> None:  # 10 to 17
        for claim in Claim.objects.filter(status=Claim.Status.EXECUTED):
            found = list(violations(claim, self.numbers))
            assert found == [], (claim.number, found)

    @invariant()
    def a_code_counts_for_its_own_case_only(self) -> None:  # 16
        for row in Evidence.objects.filter(one_time_code__isnull=False).select_related("claim", "one_time_code"):
            assert row.one_time_code and row.one_time_code.subject == row.claim.label

    @invariant()
    def nobody_but_people_decides(self) -> None:  # 12
        deciding = ("claim.approved", "claim.executed", "claim.proposed", "claim.refused")
        assert not Event.objects.filter(verb__in=deciding, actor__startswith="system:").exists()
        for claim in Claim.objects.filter(status__in=[Claim.Status.APPROVED, Claim.Status.EXECUTED], frozen_at=None):
            wanted = {"approver", "senior"} if claim.tier == 4 else {"approver"}
            given = set(claim.approvals.filter(void_at=None).values_list("role", flat=True))
            assert wanted <= given, (claim.number, given)

    @invariant()
    def an_open_objection_freezes(self) -> None:  # 18
        rows = Objection.objects.filter(status="open").select_related("claim")
        assert all(row.claim.frozen_at or not row.claim.is_open for row in rows)

    @invariant()
    def claims_on_one_registration_are_frozen_alike(self) -> None:  # 7, 20
        for held in getattr(self, "registrations", []):
            rows = Claim.objects.filter(registration=held, status__in=Claim.LINKED)
            assert len(rows) < 2 or all(row.frozen_at for row in rows)

    @invariant()
    def what_was_recovered_is_protected(self) -> None:  # 19
        for claim in Claim.objects.filter(status=Claim.Status.EXECUTED, cooled_off_at=None):
            marks = Restriction.objects.filter(case=claim.number, kind="cooling_off", ended_at=None)
            assert marks.count() == 1
            assert claim.snapshot.state["custody"]

    @invariant()
    def the_log_tells_who_holds_what(self) -> None:  # 28, also by recovery
        told = dict.fromkeys(held.label for held in getattr(self, "registrations", []))
        for held in getattr(self, "registrations", []):
            told[held.label] = Custody.objects.filter(registration=held).order_by("from_at")[0].holder_label
        for event in Event.objects.order_by("sequence"):
            if event.verb in ("handover.switched", "claim.executed"):
                told |= {f"registration:{key}": facts["to"] for key, facts in event.facts["registrations"].items()}
            elif event.verb.startswith("custody."):
                told[event.subject] = event.facts["to"]
        for held in getattr(self, "registrations", []):
            assert told[held.label] == Custody.objects.current().get(registration=held).holder_label


def violations(claim: Claim, numbers: dict[int, str]) -> Iterator[str]:
    """Yield what is against the procedure in an executed claim, worked out from rows."""
    assert claim.executed_at and claim.proposed_by_id
    evidence = list(claim.evidence.filter(taken_back_at=None).select_related("contact_point"))
    good = [row for row in evidence if _counts(row)]
    for letter in ("O", "P", "A", "C"):
        if not any(row.code.startswith(letter) for row in good):
            yield f"no {letter}"
    used = {numbers.get(row.pk, str(row.pk)) for row in good if row.code in CHANNELS}
    if len(used) < 2:
        yield f"one endpoint only: {used}"
    yield from _people(claim)
    yield from _notices(claim)
    for objection in claim.objections.filter(at__lte=claim.executed_at):
        settled = objection.decided_at or (objection.identify_by if objection.status == "lapsed" else None)
        if settled is None or settled > claim.executed_at or objection.status == "upheld":
            yield "an objection stood"
    before = Custody.objects.filter(registration=claim.registration, to_at=claim.executed_at).first()
    if before and before.user_id:
        acts = Event.objects.filter(actor=f"user:{before.user_id}", at__gte=claim.received_at, at__lt=claim.executed_at)
        if acts.exists():
            yield "the custodian was here"


def _counts(row: Evidence) -> bool:
    point = row.contact_point
    if point is None:
        return True
    return point.since <= timezone.localdate(row.checked_at) - timedelta(days=30)


def _people(claim: Claim) -> Iterator[str]:
    """Who said yes: people of the right role, none of them the one who prepared or spoke about the case."""

    def human(user: User) -> Any:
        return ("person", user.person_id) if user.person_id else ("user", user.pk)

    prepared = {human(User.objects.get(pk=claim.proposed_by_id))}
    prepared |= {human(row.checked_by) for row in claim.evidence.filter(checked_by__isnull=False)}  # type: ignore[arg-type]
    prepared |= {human(contact.by) for contact in claim.inquiry.contacts.all()}
    yes = [approval.by for approval in claim.approvals.filter(void_at=None)]
    if len({human(user) for user in yes}) < len(yes):
        yield "one person approved twice"
    for user in [*yes, User.objects.get(pk=claim.executed_by_id)]:
        roles = set(Membership.objects.filter(user=user, until=None).values_list("role", flat=True))
        if not roles & {"approver", "senior"}:
            yield "somebody without the role decided"
        if human(user) in prepared:
            yield "who prepared it decided"


def _notices(claim: Claim) -> Iterator[str]:
    """Everything arrived, and after the last arrival there was time: 7 or 14 days, 5 or 10 business days (A5)."""
    arrived = []
    for sent in claim.dispatches.filter(purpose="proposed", void_at=None, returned_at=None).select_related("notice"):
        at = sent.delivered_at or (sent.notice.sent_at if sent.channel == "mail" else None)
        if at is None:
            yield "a notice never arrived"
        else:
            arrived.append(timezone.localdate(at))
    if not arrived or claim.executed_at is None:
        yield "nobody was told"
        return
    codes = {row.code for row in claim.evidence.filter(taken_back_at=None)}
    days, business = (14, 10) if claim.tier == 4 else (0, 3) if {"C1", "A2"} <= codes else (7, 5)
    begun, decided = max(arrived), timezone.localdate(claim.executed_at)
    between = [begun + timedelta(days=step) for step in range(1, (decided - begun).days)]
    if len(between) < days or sum(map(is_business_day, between)) < business:
        yield f"window cut short: {begun} to {decided}"
