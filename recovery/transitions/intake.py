"""How a claim comes in, and what the inquirer does about it without signing in."""

import hashlib
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import codes, tallies
from accounts.actors import Actor as Person
from accounts.errors import Refused, WrongState
from accounts.models import OneTimeCode, same_address
from accounts.rulebook import check
from audit.models import Event
from audit.record import Actor
from desk import calling, enveloping, progress, telling
from desk.models import Inquiry, Needs, Statement, Word
from handover import documents
from handover.models import Blob
from handover.vault.upload import IncomingPaper
from outbox import cipher
from recovery import claimant_post, limits, steps
from recovery.models import Claim, ProcedureVersion, Submission
from recovery.queries import procedures
from recovery.rules import TABLE

log = structlog.get_logger(__name__)
A_DAY = timedelta(days=1)
MAILBOX_LIFE = timedelta(hours=24)
"""How long the code to the claimant's own mailbox works (procedure.md: codes by mail 24 hours)."""
MOST_MAILBOXES = 10
"""Codes a day to the mailbox of one claim: each may go to another address, and no stranger is to get our mails."""
MOST_PAPERS = 30
"""Papers of one claim: a claimant without an account must not fill the disk."""


def open_claim(
    *,
    statement: Statement,
    capacity: str,
    answer_by: str,
    language: str,
    sender: str,
    actor: Actor,
    at: datetime,
    needs: Needs | None = None,
) -> tuple[Claim, str]:
    """Take in what somebody remembers; returns the claim with its tracking code, which is kept nowhere.

    The same work and row for everybody: nothing is looked up here. `sender` (an address of the network, or the agent),
    the mail address and the phone number that are stated are counted against the limits of a day (procedure.md A10).
    The running call of whoever takes it down is about it from then on. `needs` are the wishes of somebody with a
    disability. Raises `NotAllowed`, `Refused` beyond a limit.
    """
    version, rule = procedures.live(), check(TABLE, "open_claim", None, actor)
    caller = actor if isinstance(actor, Person) else None
    _refuse_letter(statement, answer_by, caller)
    limits.charge_sender(statement, version.procedure, sender="" if caller else sender, at=at)
    mail = same_address(statement.mail)
    tracking = progress.new_tracking_code()
    with transaction.atomic(durable=True):
        way = Inquiry.Way.PHONE if caller else Inquiry.Way.WEB
        wanted = {"came_by": way, "capacity": capacity, "answer_by": answer_by, "language": language}
        claim = _begin(version, statement, mail, tracking_code=tracking, needs=needs, at=at, **wanted)
        inquiry = claim.inquiry
        limits.keep_prints(claim, statement)
        call = calling.attach(inquiry, by=caller.user) if caller else None
        written = steps.note(rule, claim, actor=actor, at=at, way=inquiry.came_by, capacity=capacity)
        if caller and call is None:
            progress.note_their_call(inquiry.pk, by=caller.user, at=at)
        if mail:
            _send_mailbox_code(claim, "claim_received", event=written, at=at, tracking=tracking)
        _give_receipt(claim, bool(mail), event=written, caller=caller, tracking=tracking, at=at)
    return claim, tracking


def _begin(version: ProcedureVersion, statement: Statement, mail: str, *, at: datetime, **wanted: Any) -> Claim:
    """Write the rows that every claim is: its inquiry and the claim itself."""
    inquiry = progress.take_in(statement=statement, next_on=steps.soon(at), at=at, **wanted)
    return Claim.objects.create(
        number=inquiry.receipt_number,
        inquiry=inquiry,
        procedure=version,
        received_at=at,
        sealed_mailbox=cipher.encrypt(mail) if mail else None,
    )


def _refuse_letter(statement: Statement, answer_by: str, caller: Person | None) -> None:
    """A letter is offered in a call only, and where name and address are known to which it can go."""
    if answer_by == Inquiry.Answer.LETTER and (caller is None or enveloping.find_envelope(statement) is None):
        words = _("Ask for name, postal code and address to which a letter can go.")
        raise Refused(words, {"address": words})


def _give_receipt(
    claim: Claim, by_mail: bool, *, event: Event, caller: Person | None, tracking: str, at: datetime
) -> None:
    """Put on record how the receipt reached the inquirer: in the call, or by a letter for the next print run.

    A mail with the code of the mailbox goes in any case where an address was given; the wizard always asks for one.
    """
    inquiry, by = claim.inquiry, caller.user if caller else None
    if inquiry.answer_by == Inquiry.Answer.LETTER:
        kind, way = Word.Kind.RECEIPT, Inquiry.Answer.LETTER
        telling.tell(inquiry, kind, event=event, at=at, channel=way, by=by, tracking=tracking, next_on=inquiry.next_on)
    elif caller and not (by_mail and inquiry.answer_by == Inquiry.Answer.MAIL):
        telling.tell(inquiry, Word.Kind.RECEIPT, event=event, at=at, channel="phone", by=by, said=True)


def _send_mailbox_code(claim: Claim, template: str, *, event: Event, at: datetime, tracking: str = "") -> None:
    """Mail the code that proves the mailbox, in words of ours only: nothing that the sender typed is in it."""
    code, plain = codes.issue(
        purpose=OneTimeCode.Purpose.MAILBOX,
        subject=claim.label,
        step=hashlib.sha256(claim.mailbox.encode()).hexdigest(),
        life=MAILBOX_LIFE,
        at=at,
    )
    claimant_post.to_mailbox(template, claim, event=event, at=at, tracking=tracking, code=plain, until=code.expires_at)


def change_mailbox(claim_pk: int, *, mail: str, actor: Actor, at: datetime) -> Claim:
    """Set the claimant's mail address and send it a new code; also to send the code again to the same address.

    Raises `NotAllowed`, `WrongState` (no longer open, or verified already), `Refused` (too many mails today).
    """
    mail = same_address(mail)
    seen = Claim.objects.select_related("procedure").get(pk=claim_pk)
    # Before it is counted: nobody uses up an address's mails of a day on a claim that gets none.
    check(TABLE, "change_mailbox", seen, actor)
    most = seen.procedure.procedure.limits["per_sender_a_day"]
    if not tallies.charge(f"claims:mailbox:{claim_pk}", limit=MOST_MAILBOXES, period=A_DAY, at=at):
        words = _("Several codes were sent for this case today. The last one is good for 24 hours; or try tomorrow.")
        raise Refused(words, {"mail": words})
    if not tallies.charge(f"claims:mail:{mail}", limit=most, period=A_DAY, at=at):
        words = _("This address has had several mails today. The last code is good for 24 hours; or try tomorrow.")
        raise Refused(words, {"mail": words})
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "change_mailbox", claim, actor)
        if claim.mailbox_verified_at:
            raise WrongState(_("Your mail address is confirmed. Nothing was changed."))
        codes.void(subject=claim.label, purpose=OneTimeCode.Purpose.MAILBOX, at=at)
        claim.sealed_mailbox = cipher.encrypt(mail)
        claim.save(update_fields=["sealed_mailbox"])
        limits.change_print(claim, mail)
        written = steps.note(rule, claim, actor=actor, at=at)
        _send_mailbox_code(claim, "claim_mailbox", event=written, at=at)
        return claim


def enter_mailbox_code(claim_pk: int, *, typed: str, actor: Actor, at: datetime) -> Claim:
    """Confirm the claimant's mailbox with the code that was sent there. Raises `Refused` for a wrong or old code."""
    claim = Claim.objects.get(pk=claim_pk)
    check(TABLE, "enter_mailbox_code", claim, actor)
    charged = codes.charge(purpose=OneTimeCode.Purpose.MAILBOX, subject=claim.label, at=at)
    code = codes.find_match(charged, typed)
    if code is None:
        words = _("This code is not right, or no longer valid. Have a new one sent if you need it.")
        raise Refused(words, {"code": words})
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "enter_mailbox_code", claim, actor)
        codes.redeem(code, at=at)
        claim.mailbox_verified_at = at
        claim.save(update_fields=["mailbox_verified_at"])
        steps.note(rule, claim, actor=actor, at=at)
        return claim


def withdraw(claim_pk: int, *, actor: Actor, at: datetime) -> Claim:
    """The inquirer takes the claim back; nothing changes hands. Raises `WrongState`."""
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "withdraw", claim, actor)
        steps.answer_request(claim, "withdraw", at=at)
        steps.note(rule, claim, actor=actor, at=at)
        steps.end(claim, Claim.Status.WITHDRAWN, Claim.EndReason.BY_CLAIMANT, stage=Inquiry.Stage.WITHDRAWN, at=at)
        return claim


def submit_paper(
    claim_pk: int, *, code: str, paper: IncomingPaper, token: UUID, actor: Actor, at: datetime
) -> Submission:
    """Keep a paper that the claimant sends, or that the desk takes in. It proves nothing until an operator checks it.

    `code` says which kind of evidence it is meant to be. `token` is the form's own: a second press gives back what the
    first kept. The bytes are on the disk for good before the transaction opens.
    Raises `NotAllowed`, `WrongState`, `Refused` (file not accepted, too many).
    """
    claim = Claim.objects.select_related("inquiry").get(pk=claim_pk)
    check(TABLE, "submit_paper", claim, actor)
    if standing := Submission.objects.filter(token=token, claim=claim).first():
        return standing
    if claim.submissions.count() >= MOST_PAPERS:
        raise Refused(_("There are many papers here already. Please wait until we have looked at them."))
    blob = _store(paper, claim, at)
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        rule = check(TABLE, "submit_paper", claim, actor)
        if standing := Submission.objects.filter(token=token, claim=claim).first():
            return standing
        taken_by = actor.user if isinstance(actor, Person) else None
        blob.save(force_insert=True)
        made = Submission.objects.create(
            claim=claim,
            code=code,
            file_name=paper.inspect().name,
            blob=blob,
            came_by=Submission.Way.DESK if taken_by else Submission.Way.UPLOAD,
            taken_by=taken_by,
            at=at,
            token=token,
        )
        steps.note(rule, claim, actor=actor, at=at, code=code, submission=made.pk, sha256=blob.sha256)
        return made


def _store(paper: IncomingPaper, claim: Claim, at: datetime) -> Blob:
    verdict = paper.inspect()
    if not verdict.accepted:
        words = " ".join(refusal.words for refusal in verdict.refusals)
        raise Refused(words, {"paper": words})
    try:
        return documents.keep(paper, tenant=claim.label, at=at)
    except OSError as error:
        log.critical("a paper could not be stored", why=type(error).__name__, number=error.errno)
        raise Refused(_("The file could not be stored just now. Nothing was changed. Try again later.")) from error


def view_submission(submission_pk: int, *, actor: Actor, at: datetime) -> Submission:
    """Write down that an operator opened a submitted paper, before it is shown."""
    with transaction.atomic(durable=True):
        found = Submission.objects.select_related("claim__inquiry", "blob").get(pk=submission_pk)
        claim = steps.lock(found.claim_id)
        rule = check(TABLE, "view_submission", claim, actor)
        steps.note(rule, claim, actor=actor, at=at, submission=found.pk)
        return found
