"""The procedure itself changes: a draft beside what is in force, proposed by one person and published by another."""

import copy
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Role, User
from accounts.persons import is_same_human
from accounts.rulebook import Rule, check
from audit.models import Event
from audit.record import System, event
from handover import notices
from recovery import speaking
from recovery.drafts import findings_of, keep, refuse_hearsay, refuse_unready
from recovery.models import ProcedureReplay, ProcedureVersion, ReplayedClaim
from recovery.models.replays import left_of
from recovery.procedure import SHIPPED, digest, load, merged
from recovery.rules import TABLE

S = ProcedureVersion.Status


def begin_draft(*, actor: Actor, at: datetime) -> ProcedureVersion:
    """Begin a draft as a copy of what is in force. Raises `NotAllowed`, `WrongState` while there is one already."""
    seen = ProcedureVersion.objects.get(status=S.LIVE)
    rule = check(TABLE, "begin_draft", None, actor)
    findings = findings_of(seen.data)
    with transaction.atomic(durable=True):
        draft = _begun(seen, seen.data, seen.shipped, findings, actor, at)
        _note(rule, draft, actor=actor, at=at, based_on=seen.version)
        return draft


def begin_shipped_draft(*, actor: Actor, at: datetime) -> ProcedureVersion:
    """Begin a draft of what is in force with what is newer in the version that ships with the product.

    What the provider's people changed themselves stays as it is; two of them publish it like any other draft.
    Raises `NotAllowed`, `WrongState` while there is a draft, or when nothing newer shipped.
    """
    seen = ProcedureVersion.objects.get(status=S.LIVE)
    rule = check(TABLE, "begin_shipped_draft", None, actor)
    if (seen.shipped or SHIPPED) >= SHIPPED:
        raise WrongState(_("What is in force has all that came with the product. Nothing was changed."))
    data = merged(load(seen.shipped or SHIPPED), seen.data, load(SHIPPED))
    findings = findings_of(data)
    with transaction.atomic(durable=True):
        draft = _begun(seen, data, SHIPPED, findings, actor, at)
        _note(rule, draft, actor=actor, at=at, based_on=seen.version, shipped=SHIPPED, findings=len(findings))
        return draft


def _begun(
    seen: ProcedureVersion,
    data: Mapping[str, Any],
    shipped: int | None,
    findings: list[dict[str, Any]],
    actor: Actor,
    at: datetime,
) -> ProcedureVersion:
    """Create the draft beside what was `seen` in force, with a number of its own."""
    live = ProcedureVersion.objects.select_for_update(no_key=True).get(pk=seen.pk)
    if live.status != S.LIVE:
        raise WrongState(_("Another version came into force at this moment. Look at it first."))
    number = (ProcedureVersion.objects.aggregate(last=Max("version"))["last"] or 0) + 1
    whole = {**copy.deepcopy(dict(data)), "version": number}
    try:
        with transaction.atomic():
            return ProcedureVersion.objects.create(
                version=number,
                status=S.DRAFT,
                data=whole,
                data_hash=digest(whole),
                shipped=shipped,
                based_on=live,
                begun_by=actor.user,
                begun_at=at,
                findings=findings,
            )
    except IntegrityError as clash:
        raise WrongState(_("There is a draft already. Change that one, or discard it.")) from clash


def change_draft(
    version_pk: int, *, data: Mapping[str, Any], seen_hash: str, actor: Actor, at: datetime
) -> ProcedureVersion:
    """Keep `data` as the draft. `seen_hash` is of what the page showed; a proposal to publish falls by it.

    Raises `NotAllowed`; `WrongState` when somebody else saved meanwhile; `Refused` with the place where the data
    contradicts itself, or when nothing changed.
    """
    seen = ProcedureVersion.objects.get(pk=version_pk)
    check(TABLE, "change_draft", seen, actor)
    whole = {**data, "version": seen.version}
    findings = findings_of(whole)
    with transaction.atomic(durable=True):
        draft = _lock(version_pk)
        rule = check(TABLE, "change_draft", draft, actor)
        if draft.data_hash != seen_hash:
            raise WrongState(_("Somebody saved the draft while this page was open. Read it again, then change it."))
        if digest(whole) == draft.data_hash:
            raise Refused(_("Nothing is different from what was saved."))
        facts = keep(draft, whole, findings, at=at)
        _note(rule, draft, actor=actor, at=at, **facts)
        return draft


def discard_draft(version_pk: int, *, actor: Actor, at: datetime) -> ProcedureVersion:
    """Give a draft up. It stays on record under its number. Raises `NotAllowed`, `WrongState`."""
    with transaction.atomic(durable=True):
        draft = _lock(version_pk)
        rule = check(TABLE, "discard_draft", draft, actor)
        draft.status = S.DROPPED
        draft.save(update_fields=["status"])
        _note(rule, draft, actor=actor, at=at, hash=draft.data_hash)
        return draft


def begin_replay(version_pk: int, *, actor: Actor, at: datetime) -> ProcedureReplay:
    """Let the worker play the draft over every decided claim. It changes nothing and tells nobody.

    Raises `NotAllowed`, `WrongState` while it is under way, or when no decided claim is left.
    """
    with transaction.atomic(durable=True):
        draft = _lock(version_pk)
        rule = check(TABLE, "begin_replay", draft, actor)
        replay, is_new = ProcedureReplay.objects.get_or_create(
            version=draft,
            data_hash=draft.data_hash,
            defaults={"begun_by": actor.user, "begun_at": at, "touched_at": at},
        )
        if not is_new and replay.finished_at is None:
            raise WrongState(_("The replay is under way. Nothing was changed."))
        if not is_new and not left_of(replay).exists():
            raise WrongState(_("The replay has looked at every decided claim already. Nothing was changed."))
        replay.finished_at, replay.touched_at = None, at
        replay.save(update_fields=["finished_at", "touched_at"])
        _note(rule, draft, actor=actor, at=at, hash=draft.data_hash)
        return replay


def finish_replay(replay_pk: int, *, actor: System, at: datetime) -> ProcedureReplay:
    """Write down what a replay found. Raises `NotAllowed`, `WrongState` (ended, or claims are left)."""
    with transaction.atomic(durable=True):
        replay = ProcedureReplay.objects.select_for_update(no_key=True, of=("self",)).get(pk=replay_pk)
        rule = check(TABLE, "finish_replay", replay, actor)
        if replay.finished_at or left_of(replay).exists():
            raise WrongState(_("The replay has ended, or claims are left. Nothing was changed."))
        replay.finished_at, replay.claimed_until = at, None
        replay.save(update_fields=["finished_at", "claimed_until"])
        rows = ReplayedClaim.objects.filter(replay=replay)
        outcomes = {one.value: rows.filter(outcome=one).count() for one in ReplayedClaim.Outcome}
        version = ProcedureVersion.objects.get(pk=replay.version_id)
        _note(rule, version, actor=actor, at=at, hash=replay.data_hash, outcomes=outcomes)
        return replay


def propose_publication(
    version_pk: int, *, seen_hash: str, reason: str, actor: Actor, at: datetime
) -> ProcedureVersion:
    """Propose to put exactly what the page showed in force. Whoever may publish is told.

    Raises `NotAllowed`; `Refused` when the check finds something, nothing differs, or the reason is that somebody
    complained; `WrongState` when the draft changed meanwhile, is based on what is no longer in force, was not replayed
    as it is, or is proposed already.
    """
    seen = ProcedureVersion.objects.get(pk=version_pk)
    check(TABLE, "propose_publication", seen, actor)
    refuse_hearsay(reason)
    findings = findings_of(seen.data)
    with transaction.atomic(durable=True):
        draft = _lock(version_pk)
        rule = check(TABLE, "propose_publication", draft, actor)
        refuse_unready(draft, findings, seen_hash)
        if draft.proposed_by_id:
            raise WrongState(_("This is proposed already. Another person publishes it."))
        draft.proposed_by, draft.proposed_at, draft.proposal_reason = actor.user, at, reason
        draft.findings = findings
        draft.save(update_fields=["proposed_by", "proposed_at", "proposal_reason", "findings"])
        written = _note(rule, draft, actor=actor, at=at, hash=draft.data_hash)
        others = [one for one in _people(actor, Role.EDITOR, Role.SENIOR) if not is_same_human(one, actor.user)]
        notices.tell("procedure_proposed", others, event=written, at=at, version=draft)
        return draft


def publish(version_pk: int, *, signed_hash: str, reason: str, actor: Actor, at: datetime) -> ProcedureVersion:
    """Put a proposed draft in force and retire what was: claims keep the version that they began with.

    A senior or an editor does this, another natural person than the one who proposed it. Raises as the proposal.
    """
    seen = ProcedureVersion.objects.select_related("proposed_by").get(pk=version_pk)
    check(TABLE, "publish", seen, actor)
    refuse_hearsay(reason)
    findings = findings_of(seen.data)
    with transaction.atomic(durable=True):
        draft = _lock(version_pk)
        rule = check(TABLE, "publish", draft, actor)
        if draft.proposed_by_id is None:
            raise WrongState(_("Nobody has proposed to publish this draft as it is now."))
        live = ProcedureVersion.objects.select_for_update(no_key=True).get(pk=draft.based_on_id or 0)
        draft.based_on = live
        refuse_unready(draft, findings, signed_hash)
        live.status, live.retired_at = S.RETIRED, at
        live.save(update_fields=["status", "retired_at"])
        draft.status, draft.live_since, draft.findings = S.LIVE, at, findings
        draft.published_by, draft.publication_reason = actor.user, reason
        draft.save(update_fields=["status", "live_since", "published_by", "publication_reason", "findings"])
        speaking.put_in_force(draft.procedure, at=at)
        facts = {"hash": draft.data_hash, "retired": live.version, "proposed_by": f"user:{draft.proposed_by_id}"}
        written = _note(rule, draft, actor=actor, at=at, **facts)
        everybody = _people(actor, Role.EDITOR, Role.OPERATOR, Role.APPROVER, Role.SENIOR, Role.AUDITOR)
        notices.tell("procedure_published", everybody, event=written, at=at, version=draft)
        return draft


def _lock(version_pk: int) -> ProcedureVersion:
    rows = ProcedureVersion.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("based_on", "proposed_by").get(pk=version_pk)


def _people(actor: Actor, *roles: str) -> Iterable[User]:
    current = actor.organisation.memberships.current().filter(role__in=roles)
    return User.objects.filter(pk__in=current.values("user"), is_active=True).order_by("pk")


def _note(rule: Rule, version: ProcedureVersion, *, actor: Any, at: datetime, **facts: Any) -> Event:
    return event(rule.event, actor=actor, at=at, subject=version.label, facts={"version": version.version, **facts})
