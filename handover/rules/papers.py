"""Who may keep, change and open papers (procedure.md B4). A paper is judged by its registration."""

from datetime import datetime
from typing import Any

from django.db.models import Exists
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.rulebook import Rule
from audit.record import System
from handover.models import READING_AFTER, Custody, Deputy, Document, HandoverItem, Registration
from handover.rules.handovers import holds, stands_in

EXPIRES_SOON_DAYS = 30
"""How many days before its end a paper is marked: a month is the time a new seal certificate takes by post and desk."""


def may_keep_papers(actor: Any, registration: Registration) -> bool:
    """Who holds or keeps the registration, its deputies (keeping a paper harms nobody), administrators of the holder.

    A former custodian and the successor of an offered handover only read.
    """
    if isinstance(actor, System) or not _of_the_holder(actor, registration):
        return False
    return bool(actor.is_administrator or holds(actor, registration) or stands_in(actor, registration))


def may_open(actor: Any, registration: Registration) -> bool:
    """Somebody of the holder; `visible_to` has decided about the paper, and `capacity` decides once more."""
    return not isinstance(actor, System) and _of_the_holder(actor, registration)


def may_open_sealed(actor: Any, registration: Registration) -> bool:
    """The person in charge alone (D2): no deputy, no administrator, no successor before the switch, no former one."""
    return not isinstance(actor, System) and _of_the_holder(actor, registration) and holds(actor, registration)


def _of_the_holder(actor: Actor, registration: Registration) -> bool:
    return actor.is_customer and actor.organisation.pk == registration.organisation_id


def capacity(actor: Actor, document: Document, at: datetime) -> str:
    """Return in what role `actor` opens `document` at `at`, "" when in none: what the log keeps of a download."""
    if not _of_the_holder(actor, document.registration):
        return ""
    mine = {"registration": document.registration_id, "user": actor.user}
    periods = Custody.objects.filter(**mine)
    # In the order in which one role goes before the next; one query, because a page asks it too.
    roles = {
        "custodian": Exists(periods.current()),
        "deputy": Exists(Deputy.objects.current().filter(**mine)),
        "successor": Exists(Document.objects.offered_to(actor).filter(pk=document.pk)),
        "former": Exists(periods.filter(to_at__gt=at - READING_AFTER)),
        # The same role for longer: after a move inside, or let in again.
        "former ": Exists(HandoverItem.objects.read_by(actor.user, at).filter(registration=document.registration_id)),
    }
    held = Document.objects.filter(pk=document.pk).values_list(*roles.values()).get()
    found = [role for role, has in zip(roles, held, strict=True) if has]
    return found[0].strip() if found else "administrator" if actor.is_administrator else ""


def must_say_why(role: str) -> bool:
    """Whether this role gives a reason before each download (B4: administrators, "documents with reason")."""
    return role == "administrator"


_ACTIVE = frozenset({Registration.Status.ACTIVE})
_ONLY_KEEPERS = _("Only the person in charge, a deputy or an administrator can keep and change papers.")
_NOT_FOR_YOU = _("This paper is not for you to open.")

PAPERS: dict[str, Rule] = {
    "add_document": Rule("document.added", _("Add a paper"), may_keep_papers, _ONLY_KEEPERS, _ACTIVE),
    "add_version": Rule("document.version_added", _("Add a new version"), may_keep_papers, _ONLY_KEEPERS, _ACTIVE),
    "change_document": Rule("document.changed", _("Change the details"), may_keep_papers, _ONLY_KEEPERS, _ACTIVE),
    "add_sealed": Rule(
        "document.sealed",
        _("Keep a paper under seal"),
        may_open_sealed,
        _("Only the person in charge can keep a paper under seal: nobody else could open it to see that it is right."),
        _ACTIVE,
    ),
    "open_sealed": Rule(
        "document.unsealed",
        _("Open the seal"),
        may_open_sealed,
        _("This paper is under seal. Only the person in charge can open it."),
    ),
    "download_document": Rule("document.downloaded", _("Download"), may_open, _NOT_FOR_YOU),
    "look_at_paper": Rule("document.viewed", _("Look at it"), may_open, _NOT_FOR_YOU),
}
