"""What the walk meets of the people of the desk."""

from typing import Any

from accounts import transitions as people
from accounts import undertakings
from accounts.models import OrganisationKind, Undertaking
from desk import transitions as at_desk
from desk.models import Statement
from handover import transitions
from tests.cast import Cast, actor, organisation
from tests.stock import NOW, registration
from tests.walk.posts import Data

NEW_WORDS = {
    "words_ja": "守秘義務誓約書\n\n1. 画面を他人に見せません。\n",
    "words_en": "Undertaking\n\n1. I show the screen to nobody.\n",
    "reason": "在宅での業務が始まるため",
}
POSTS: dict[str, Data] = {
    "accounts:propose_undertaking": NEW_WORDS,
    "accounts:publish_undertaking": {"read": undertakings.hash_of("\0".join(NEW_WORDS.values()))},
    "desk:person_notes": {"word": "written", "days": "180", "token": "00000000-0000-4000-8000-0000000000e1"},
    "handover:mark_canary": {"number": "Z-2"},
}


def addresses(cast: Cast) -> dict[str, list[Any]]:
    """Return the arguments of the paths about people of the staff, and about an invented registration."""
    invented = organisation(OrganisationKind.CUSTOMER, "架空商事株式会社", "カクウショウジ")
    for number in ("Z-1", "Z-2"):
        registration(invented, number, custodian=None)
    canary = transitions.mark_canary(number="Z-1", actor=actor(cast.editor), at=NOW)
    people.propose_undertaking(**NEW_WORDS, actor=actor(cast.editor), at=NOW)
    signed = Undertaking.objects.get(user=cast.agent).pk
    asked, _tracking = at_desk.open_inquiry(
        topic="question",
        statement=Statement(name="木下 桂", own_phone="03-5555-6666"),
        capacity="unknown",
        answer_by="phone",
        language="ja",
        actor=actor(cast.agent),
        at=NOW,
    )
    note = at_desk.note_person(asked.pk, word="slowly", days=180, actor=actor(cast.agent), at=NOW)
    return {
        "accounts:signed_undertaking": [signed],
        "accounts:signed_words": [signed],
        "handover:end_canary": [canary.pk],
        "desk:person_notes": [asked.receipt_number],
        "desk:remove_person_note": [asked.receipt_number, note.pk],
    }
