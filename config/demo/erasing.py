"""A paper that nobody needs: to erase it is proposed, and waits for its second person."""

import uuid
from datetime import datetime
from functools import partial

from config.demo import holdings, papers, story
from config.demo.holdings import Paper
from config.demo.story import Story, actor
from handover import transitions
from handover.models import Document, Erasure

COPY = Paper(holdings.BILLED, "saburo", Document.Kind.OTHER, "前任者の社員証（写し）")


def a_paper_is_to_be_erased(told: Story) -> None:
    """三郎 finds a copy that holds personal data; 花子 or 麗子 is the second person, and reads of it at once."""
    told.goes_to(3, 16)
    label = told.once(_keep)
    told.note("erasures", waiting=told.once(partial(_propose, label)))


def _keep(at: datetime) -> None:
    held = story.registration(COPY.number)
    transitions.add_document(
        registration_pk=held.pk,
        kind=COPY.kind,
        title=COPY.title,
        original_at="",
        expires_on=None,
        paper=papers.made(COPY, held, 1, at),
        token=_token("kept"),
        actor=actor(COPY.by),
        at=at,
    )


def _propose(label: str, at: datetime) -> None:
    transitions.propose_erasure(
        document_pk=story.document(label).pk,
        number=None,
        reason=Erasure.Reason.TOO_MUCH,
        token=_token("proposed"),
        actor=actor(COPY.by),
        at=at,
    )


def _token(step: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{COPY.number}/{COPY.title}/{step}")
