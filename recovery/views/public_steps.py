"""How far a case is on its whole way, for whoever never saw the procedure. It follows from the stage that is told."""

from django.utils.translation import gettext as _

from desk.models import Inquiry
from recovery.queries.tracking import Told

S = Inquiry.Stage


def steps_of(told: Told) -> list[dict[str, str]]:
    """Return the whole way with where the case is on it; [] where it does not go on by itself (paused, ended)."""
    way = (
        ((S.RECEIVED,), _("We read what you wrote"), ""),
        ((S.COLLECTING,), _("The proofs are collected"), _("You send papers; we ask your organisation ourselves.")),
        ((S.NOTICE, S.WINDOW), _("Everybody concerned is told"), _("Whoever knows better can object.")),
        ((S.DECISION,), _("It is decided"), _("By people who had nothing to do with the case.")),
        ((S.INVITED, S.READY), _("You open your account"), _("With the link in our mail.")),
        ((S.DONE,), _("It is carried out"), _("You are in charge of the registration.")),
    )
    here = next((place for place, (stages, _title, _note) in enumerate(way) if told.stage in stages), None)
    if here is None or told.stage == S.DONE:
        return []
    return [
        {"title": title, "note": note, "state": "done" if place < here else "now" if place == here else "todo"}
        for place, (_stages, title, note) in enumerate(way)
    ]
