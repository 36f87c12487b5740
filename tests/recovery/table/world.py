"""One claim with one of everything that an action may be about."""

import uuid
from dataclasses import dataclass
from typing import Any

from accounts import claimants
from accounts import transitions as joining
from audit.record import Public, System
from desk.models import Contact
from handover.models import Custody, RecoveryKit, Restriction
from outbox import cipher
from recovery import transitions
from recovery.models import (
    Appeal,
    AuditSample,
    CaseException,
    CaseRequest,
    Claim,
    ClaimLine,
    Dispatch,
    DriftCheck,
    Duty,
    Ending,
    Evidence,
    FailedCode,
    Objection,
    PhoneCall,
    ProcedureReplay,
    ProcedureVersion,
    Rollback,
    RuleReview,
    Snapshot,
    Submission,
    UrgentSetting,
    VouchRequest,
)
from tests import claims, drafts
from tests.cast import PASSWORD, Cast, actor
from tests.handover.paper_files import incoming
from tests.stock import NOW

AT = claims.later(days=40)


@dataclass(frozen=True)
class World:
    """One claim with one of everything that an action may be about."""

    claim: Claim
    objection: Objection
    evidence: Evidence
    submission: Submission
    letter: Dispatch
    exception: CaseException
    review: RuleReview
    rollback: Rollback
    draft: ProcedureVersion
    replay: ProcedureReplay
    appeal: Appeal
    duty: Duty
    vouch: VouchRequest
    setting: UrgentSetting
    line: ClaimLine
    sample: AuditSample
    drift: DriftCheck
    call: PhoneCall
    failed: FailedCode
    request: CaseRequest
    kit: RecoveryKit
    people: dict[str, Any]


def one_of_each(cast: Cast) -> World:
    """Create the claim and all that is about it."""
    claim = claims.accepted(cast, claims.held(cast))
    letter = claim.dispatches.get(channel="letter")
    transitions.object_to(
        typed=claims.objection_sent(letter), words="ちがいます", actor=claims.PUBLIC, at=claims.later(minutes=5)
    )
    evidence = claims.prove(cast, claim, "O2")
    submission = transitions.submit_paper(
        claim.pk, code="O2", paper=incoming(), token=uuid.uuid4(), actor=claims.PUBLIC, at=NOW
    )
    invitation, token = claimants.invite(
        number=claim.number,
        email="sho@new.example",
        display_name="渡邉 翔",
        language="ja",
        by=cast.approver,
        at=claims.later(days=39),
    )
    given = {"display_name": "渡邉 翔", "kana": "", "department": "", "language": "ja", "password": PASSWORD}
    opened = joining.accept_invitation(token, **given, actor=claims.PUBLIC, at=AT)
    invitation.refresh_from_db()
    Claim.objects.filter(pk=claim.pk).update(
        frozen_at=None,
        frozen_by="",
        invitation=invitation,
        claimant=opened,
        proposed_by=cast.operator,
        proposed_at=NOW,
        executed_by=cast.approver,
        window_ends_on=claims.later(days=30).date(),
        cooling_off_until=claims.later(days=70),
    )
    people: dict[str, Any] = {user.email.partition("@")[0]: actor(user) for user in cast.everybody}
    people["worker"] = people.pop("takumi")
    people |= {"claimant": actor(opened), "public": Public(), "clock": System("clock")}
    # Any state can follow on any other here, and none finds the marks of the one before.
    Restriction.objects.update(ended_at=AT)
    claim = Claim.objects.select_related("invitation").get(pk=claim.pk)
    ending = Ending.objects.create(
        claim=claim, reason="not_confirmed", at=AT, appeal_until=AT.date(), reopen_until=AT.date()
    )
    appeal = Appeal.objects.create(claim=claim, ending=ending, sealed_words=b"", at=AT, due_on=AT.date())
    appeal.claim = claim
    duty = Duty.objects.create(claim=claim, kind=Duty.Kind.DECISION, opened_at=AT, due_on=AT.date())
    exception = CaseException.objects.create(
        claim=claim,
        rule="category:O",
        reason_code="disaster",
        sealed=CaseException.seal({}),
        expires_on=claims.later(days=60).date(),
        tier=3,
        asked_by=cast.operator,
        asked_at=NOW,
    )
    review = RuleReview.objects.create(reason_code="disaster", count=3, opened_at=NOW)
    rollback = Rollback.objects.create(claim=claim, asked_by=cast.operator, asked_at=NOW, sealed_reason=b"")
    Snapshot.objects.create(
        claim=claim, registration=claim.registration, state={"custody": {"user": None}}, taken_at=NOW
    )
    # Proposed by the editor, so that another person publishes it.
    draft = drafts.proposed(cast)
    replay = ProcedureReplay.objects.get()
    vouch = VouchRequest.objects.create(claim=claim, user=cast.jiro, asked_by=cast.operator, asked_at=NOW)
    vouch.claim = claim
    found = (evidence, submission, letter, exception, review, rollback, draft, replay, appeal, duty, vouch)
    sample = AuditSample.objects.create(
        claim=claim, pool="general", status="open", over_at=AT, considered_at=AT, drawn_at=AT
    )
    drift = DriftCheck.objects.create(quarter=AT.date(), status="open", compared_at=AT)
    phone = claims.point(claims.Registration.objects.get(number="R-1"), "phone")
    call = PhoneCall.objects.create(claim=claim, contact_point=phone, by=cast.operator, at=NOW, until=AT)
    failed = FailedCode.objects.create(claim=claim, purpose="letter", dead=False, at=NOW)
    request = CaseRequest.hand_in(claim, "appeal", "", at=NOW)
    line = ClaimLine.objects.create(
        claim=claim,
        row=1,
        sealed=ClaimLine.seal({"number": "L-1", "unit": "", "name": "", "mail": cast.jiro.email}),
        status="listed",
        registration=claims.registration(cast.aoba, "L-1", custodian=None),
        person=cast.jiro,
    )
    Claim.objects.filter(pk=claim.pk).update(is_bulk=True)
    claim.is_bulk = True
    held = Custody.objects.current().get(registration__number="R-1")
    kit = RecoveryKit.objects.create(custody=held, number="K-1", code_hash="", made_at=NOW, tries=5, tried_at=NOW)
    last = (sample, drift, call, failed, request, kit, people)
    return World(claim, Objection.objects.get(), *found, _set(cast, claim), line, *last)


def _set(cast: Cast, claim: Claim) -> UrgentSetting:
    call = Contact.objects.create(
        inquiry=claim.inquiry,
        direction="out",
        channel="phone",
        party="record",
        by=cast.operator,
        at=NOW,
        sealed_note=cipher.encrypt("x"),
    )
    return UrgentSetting.objects.create(
        claim=claim,
        registration=claim.registration,
        code="forwarding",
        sealed=UrgentSetting.seal({}),
        basis="record",
        contact=call,
        contact_point=claims.point(claim.registration, "phone"),  # type: ignore[arg-type]
        remind_on=AT.date(),
        made_by=cast.operator,
        made_at=NOW,
    )
