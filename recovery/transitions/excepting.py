"""Exceptions: an operator asks, an approver and a senior decide, and the rule is reviewed when it is bent too often.

Nobody outside the provider is told: an exception is not announced and creates no entitlement (procedure.md A12).
"""

from calendar import monthrange
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Membership, OrganisationKind, Role, User
from accounts.persons import is_same_human
from accounts.rulebook import Rule, check
from audit.models import Event
from audit.record import event
from handover import notices
from outbox import cipher
from recovery import steps
from recovery.deciding import is_shortened
from recovery.models import CaseException, Claim, ExceptionApproval, RuleReview
from recovery.queries import exceptions as reads
from recovery.queries import weighing
from recovery.rules import TABLE
from recovery.rules.excepting import MOST_DAYS
from recovery.rules.people import prepared

WORDS = ("text", "control", "risk", "compared")
S = CaseException.Status
UNDER_WAY = (Claim.Status.PROPOSED, Claim.Status.NOTIFIED, Claim.Status.APPROVED)


def ask_exception(
    claim_pk: int,
    *,
    rule: str,
    reason_code: str,
    missing_proof: str,
    words: dict[str, str],
    expires_on: date,
    actor: Actor,
    at: datetime,
) -> CaseException:
    """Ask that one need of a claim be waived until a day. It changes nothing until two people said yes.

    `rule` is one of `recovery.queries.exceptions.open_to_ask`; `missing_proof` the code of the evidence that cannot be
    had, "" where it is not about evidence; `words` why, what stands in for it (`control`), what can still go wrong
    (`risk`), and why it is the same as or different from the nearest earlier ones (`compared`). Raises `NotAllowed`,
    `WrongState`, `Refused`.
    """
    with transaction.atomic(durable=True):
        claim = steps.lock(claim_pk)
        allowed = check(TABLE, "ask_exception", claim, actor)
        steps.refuse_frozen(claim)
        _end_outlived(claim, rule, at=at)
        standing = weighing.standing_of(claim, at)
        _refuse_incomplete(reason_code, missing_proof, words, expires_on, claim, at)
        if rule not in reads.open_to_ask(claim, standing, is_shortened=is_shortened(claim, standing)):
            sorry = _("No exception from this can be asked for here: it is not missing, asked for already, or fixed.")
            raise Refused(sorry, {"rule": sorry})
        made = CaseException(
            claim=claim,
            rule=rule,
            reason_code=reason_code,
            missing_proof=missing_proof,
            sealed=CaseException.seal({name: words[name].strip() for name in WORDS}),
            expires_on=expires_on,
            tier=standing.tier,
            route=reads.route_of(claim),
            circumstances=sorted(standing.circumstances),
            asked_by=actor.user,
            asked_at=at,
        )
        made.precedents = [one.pk for one in reads.nearest(reads.likeness(made), claim.procedure.procedure)]
        made.facts_hash = reads.hash_to_sign(made)
        made.save()
        facts = {"reason": reason_code, "missing": missing_proof, "expires_on": expires_on.isoformat()}
        written = _note(allowed, made, actor=actor, at=at, precedents=made.precedents, **facts)
        _tell_provider("exception_asked", (Role.APPROVER, Role.SENIOR), made, event=written, at=at, but=actor.user)
        return made


def _end_outlived(claim: Claim, rule: str, *, at: datetime) -> None:
    """An exception that ran out, or was given on another route, makes room for a new one from the same need."""
    today = timezone.localdate(at)
    valid = CaseException.objects.filter(claim=claim, status=S.VALID)
    valid.filter(Q(expires_on__lt=today) | ~Q(route=reads.route_of(claim)) & Q(rule=rule)).update(
        status=S.ENDED, ended_at=at
    )


def _refuse_incomplete(
    reason_code: str, missing_proof: str, words: dict[str, str], expires_on: date, claim: Claim, at: datetime
) -> None:
    fields = {}
    if reason_code not in CaseException.Reason.values:
        fields["reason_code"] = _("Choose a reason from the list.")
    if missing_proof and missing_proof not in {kind.code for kind in claim.procedure.procedure.kinds}:
        fields["missing_proof"] = _("Choose a proof from the list.")
    for name in WORDS:
        if not words.get(name, "").strip():
            fields[name] = _("Please write this down: whoever decides reads it.")
    today = timezone.localdate(at)
    if not today < expires_on <= today + timedelta(days=MOST_DAYS):
        fields["expires_on"] = _("Choose a day within the next %(days)d days.") % {"days": MOST_DAYS}
    if fields:
        raise Refused(next(iter(fields.values())), fields)


def approve_exception(exception_pk: int, *, signed_hash: str, reason: str, actor: Actor, at: datetime) -> CaseException:
    """Say yes to exactly what the page showed (`signed_hash`). With the second yes the need is no longer missing.

    The view has made the fresh check. Where exceptions for one reason have become too many, the procedure's editor
    gets the task to review the rule. Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        claim, found = _lock(exception_pk)
        rule = check(TABLE, "approve_exception", found, actor)
        _refuse_moved(claim, found, at)
        if signed_hash != found.facts_hash or signed_hash != reads.hash_to_sign(found):
            raise WrongState(_("This changed while the page was open. Read it again before you decide."))
        role = _role_to_give(found, actor)
        try:
            with transaction.atomic():
                ExceptionApproval.objects.create(
                    exception=found, by=actor.user, role=role, signed_hash=signed_hash, reason=reason, at=at
                )
        except IntegrityError as clash:
            raise WrongState(_("This has been approved already. Nothing was changed.")) from clash
        is_complete = not reads.still_wanted(reads.approvals_of(found))
        if is_complete:
            found.status, found.decided_at = S.VALID, at
            found.save(update_fields=["status", "decided_at"])
        review = _review_due(found, at=at) if is_complete else None
        facts = {"hash": signed_hash, "role": role, "complete": is_complete, "review": review.pk if review else None}
        written = _note(rule, found, actor=actor, at=at, **facts)
        if is_complete:
            notices.tell("exception_decided", [found.asked_by], event=written, at=at, exception=found, claim=claim)
        if review:
            _tell_editors(review, event=written, at=at)
        return found


def _refuse_moved(claim: Claim, found: CaseException, at: datetime) -> None:
    steps.refuse_frozen(claim)
    if claim.status != Claim.Status.COLLECTING:
        raise WrongState(_("This claim is no longer collecting proofs: an exception changes nothing in it now."))
    if found.expires_on <= timezone.localdate(at):
        raise WrongState(_("The day until which it was to hold has come. It has to be asked for anew."))


def _role_to_give(found: CaseException, actor: Actor) -> str:
    """Return in which role this person's yes counts. One natural person counts once."""
    given = reads.approvals_of(found)
    if any(is_same_human(one.by, actor.user) for one in given):
        raise WrongState(_("You have approved this already. A second yes has to come from another person."))
    if any(prepared(one.by, found.claim) for one in given):
        # They had no hand in it when they agreed; two people who may decide have to stand behind it at the end.
        raise WrongState(_("Who agreed has worked on the case since. Refuse this, and have it asked for anew."))
    for role in reads.still_wanted(given):
        if actor.has(Role(role)):
            return role
    raise WrongState(_("This waits for a yes in another role than yours. Nothing was changed."))


def _review_due(found: CaseException, *, at: datetime) -> RuleReview | None:
    """Open the review of a rule with the exception that makes it one too many, unless one is open."""
    rules = found.claim.procedure.procedure.exceptions
    since = _months_before(at, rules["review_months"])
    last = RuleReview.objects.filter(reason_code=found.reason_code).order_by("-opened_at").first()
    if last and last.status == RuleReview.Status.OPEN:
        return None
    if last and last.closed_at:
        # What the last review has looked at is not counted twice.
        since = max(since, last.closed_at)
    needs = reads.of_a_kind(found.reason_code, since=since, at=at)
    count = sum(times for _rule, times in needs)
    if count < rules["review_count"]:
        return None
    return RuleReview.objects.create(
        reason_code=found.reason_code, rules=[list(one) for one in needs], count=count, opened_at=at
    )


def _months_before(at: datetime, months: int) -> datetime:
    local = timezone.localtime(at)
    place = local.year * 12 + local.month - 1 - months
    year, month = place // 12, place % 12 + 1
    return local.replace(year=year, month=month, day=min(local.day, monthrange(year, month)[1]))


def refuse_exception(exception_pk: int, *, reason: str, actor: Actor, at: datetime) -> CaseException:
    """Say no: the need stays. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        claim, found = _lock(exception_pk)
        rule = check(TABLE, "refuse_exception", found, actor)
        found.status, found.decided_at, found.sealed_end = S.REFUSED, at, cipher.encrypt(reason)
        found.save(update_fields=["status", "decided_at", "sealed_end"])
        written = _note(rule, found, actor=actor, at=at)
        notices.tell("exception_decided", [found.asked_by], event=written, at=at, exception=found, claim=claim)
        return found


def end_exception(exception_pk: int, *, reason: str, actor: Actor, at: datetime) -> CaseException:
    """Take an exception back: the need is there again from this moment.

    A proposal that rested on it goes back to collecting, and approvals of it are void. Raises `NotAllowed`,
    `WrongState`.
    """
    with transaction.atomic(durable=True):
        claim, found = _lock(exception_pk)
        rule = check(TABLE, "end_exception", found, actor)
        was_valid = found.status == S.VALID
        found.status, found.ended_at, found.ended_by = S.ENDED, at, actor.user
        found.sealed_end = cipher.encrypt(reason)
        found.save(update_fields=["status", "ended_at", "ended_by", "sealed_end"])
        goes_back = was_valid and claim.status in UNDER_WAY
        if goes_back:
            steps.back_to_collecting(claim, at=at)
        _note(rule, found, actor=actor, at=at, was_valid=was_valid, goes_back=goes_back)
        return found


def close_rule_review(review_pk: int, *, outcome: str, words: str, actor: Actor, at: datetime) -> RuleReview:
    """Say what became of the review: the rule is changed for everybody, or stays. `outcome`: `RuleReview.Outcome`.

    Raises `NotAllowed`, `WrongState`, `Refused`.
    """
    with transaction.atomic(durable=True):
        found = RuleReview.objects.select_for_update(no_key=True).get(pk=review_pk)
        rule = check(TABLE, "close_rule_review", found, actor)
        if outcome not in RuleReview.Outcome.values:
            sorry = _("Choose what becomes of the rule.")
            raise Refused(sorry, {"outcome": sorry})
        found.status, found.outcome, found.words = RuleReview.Status.CLOSED, outcome, words
        found.closed_by, found.closed_at = actor.user, at
        found.save(update_fields=["status", "outcome", "words", "closed_by", "closed_at"])
        facts = {"reason": found.reason_code, "outcome": outcome}
        event(rule.event, actor=actor, at=at, subject=found.label, about=[], facts=facts)
        return found


def _lock(exception_pk: int) -> tuple[Claim, CaseException]:
    claim = steps.lock(CaseException.objects.only("claim_id").get(pk=exception_pk).claim_id)
    rows = CaseException.objects.select_for_update(no_key=True, of=("self",)).select_related("asked_by")
    found = rows.get(pk=exception_pk)
    found.claim = claim
    return claim, found


def _note(rule: Rule, found: CaseException, *, actor: Actor, at: datetime, **facts: object) -> Event:
    """Write it into the history of the case alone: an exception is never in the customer's."""
    about = [found.claim.label, found.claim.inquiry.label]
    more = {"rule": found.rule, "tier": found.tier, **facts}
    return event(rule.event, actor=actor, at=at, subject=found.label, about=about, facts=more)


def _tell_provider(
    template: str, roles: tuple[Role, ...], found: CaseException, *, event: Event, at: datetime, but: User
) -> None:
    people = [one for one in _people(*roles) if one.pk != but.pk]
    notices.tell(template, people, event=event, at=at, exception=found, claim=found.claim)


def _tell_editors(review: RuleReview, *, event: Event, at: datetime) -> None:
    notices.tell("rule_review_opened", _people(Role.EDITOR), event=event, at=at, review=review)


def _people(*roles: Role) -> list[User]:
    rows = Membership.objects.current().filter(
        organisation__kind=OrganisationKind.PROVIDER, role__in=roles, user__is_active=True
    )
    return [row.user for row in rows.select_related("user").order_by("user", "pk")]
