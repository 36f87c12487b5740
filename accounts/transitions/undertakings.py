"""The confidentiality undertaking: signed by everybody of the staff, written by one person, published by another."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts import memberships, notices, queries, rules, undertakings
from accounts.actors import Actor
from accounts.errors import Refused, WrongState
from accounts.models import Organisation, Undertaking, UndertakingDraft, UndertakingVersion
from accounts.rulebook import check
from audit import record


def sign_undertaking(*, typed_name: str, read: str, actor: Actor, at: datetime) -> Undertaking:
    """Sign the current confidentiality undertaking by typing one's own name; `read` is the hash of the words shown.

    Raises `Refused` when the name is another one, `WrongState` when it was signed before or the words have changed.
    """
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        rule = check(rules.TABLE, "sign_undertaking", actor.organisation, actor)
        if queries.has_signed_undertaking(actor):
            raise WrongState(_("You have already signed this. Nothing was changed."))
        version = undertakings.current()
        language = next((one for one in undertakings.LANGUAGES if undertakings.text_hash(version, one) == read), None)
        if language is None:
            raise WrongState(_("The words have changed since you opened the page. Nothing was signed: read them anew."))
        if typed_name.split() != actor.user.display_name.split():
            words = _("Type your name exactly as it is in your profile.")
            raise Refused(words, {"typed_name": words})
        signed = Undertaking.objects.create(
            user=actor.user, organisation=actor.organisation, version=version, text_hash=read, signed_at=at
        )
        facts = {"version": version, "language": language, "text_hash": read}
        home = [actor.organisation_label]
        record.event(rule.event, actor=actor, at=at, subject=actor.label, about=home, facts=facts)
    return signed


def propose_undertaking(*, words_ja: str, words_en: str, reason: str, actor: Actor, at: datetime) -> UndertakingDraft:
    """Propose new words. Nobody signs them before another natural person has published them; the seniors are told.

    Raises `NotAllowed`, `WrongState` while other words wait, `Refused` when they are the words in force.
    """
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        rule = check(rules.TABLE, "propose_undertaking", None, actor)
        now = undertakings.current()
        if words_ja == undertakings.words(now, "ja") and words_en == undertakings.words(now, "en"):
            raise Refused(_("These are the words in force. Nobody has to sign them again."))
        made = UndertakingDraft(
            words_ja=words_ja, words_en=words_en, reason=reason, written_by=actor.user, written_at=at
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            raise WrongState(_("Other words wait to be published. Publish or drop them first.")) from None
        facts = {"hashes": undertakings.hashes_of(made)}
        home = [actor.organisation_label]
        written = record.event(rule.event, actor=actor, at=at, subject=made.label, about=home, facts=facts)
        notices.undertaking_proposed(queries.may_publish_undertaking(made), event=written, at=at)
    return made


def publish_undertaking(*, draft_pk: int, read: str, actor: Actor, at: datetime) -> UndertakingVersion:
    """Publish proposed words: everybody of the staff signs them at the next request, before anything else.

    `read` is the fingerprint of what stood on the page (`undertakings.fingerprint`). Raises `NotAllowed` for whoever
    wrote them, under whatever account; `WrongState` when they were published or dropped, or are not what was read.
    """
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        Organisation.objects.select_for_update(no_key=True).get(pk=actor.organisation.pk)
        draft = _waiting(draft_pk)
        rule = check(rules.TABLE, "publish_undertaking", draft, actor)
        if draft.closed_at or read != undertakings.fingerprint(draft):
            raise WrongState(_("These words do not wait any more, or are not those you read. Nothing was changed."))
        made = undertakings.publish(draft, by=actor.user, at=at)
        draft.is_waiting, draft.closed_by, draft.closed_at, draft.became = None, actor.user, at, made
        draft.save(update_fields=["is_waiting", "closed_by", "closed_at", "became"])
        facts = {"version": made.number, "hashes": undertakings.hashes_of(draft), "written_by": draft.written_by.label}
        home = [actor.organisation_label]
        record.event(rule.event, actor=actor, at=at, subject=made.label, about=home, facts=facts)
    return made


def drop_undertaking(*, draft_pk: int, actor: Actor, at: datetime) -> UndertakingDraft:
    """Drop proposed words: nobody signs them. Raises `NotAllowed`, `WrongState` when they do not wait any more."""
    with transaction.atomic(durable=True):
        actor = memberships.still_here(actor)
        draft = _waiting(draft_pk)
        rule = check(rules.TABLE, "drop_undertaking", draft, actor)
        if draft.closed_at:
            raise WrongState(_("These words were published or dropped already. Nothing was changed."))
        draft.is_waiting, draft.closed_by, draft.closed_at = None, actor.user, at
        draft.save(update_fields=["is_waiting", "closed_by", "closed_at"])
        home = [actor.organisation_label]
        record.event(rule.event, actor=actor, at=at, subject=draft.label, about=home)
    return draft


def _waiting(pk: int) -> UndertakingDraft:
    rows = UndertakingDraft.objects.select_for_update(no_key=True, of=("self",)).select_related("written_by")
    return rows.get(pk=pk)
