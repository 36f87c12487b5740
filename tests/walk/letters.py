"""A letter that came, and formal answers in every state."""

from desk import composing, transitions
from desk.models import FormalAnswer
from tests.announced import announced
from tests.cast import Cast, actor
from tests.desk.written import asked, drafted, proposed, released
from tests.stock import NOW, TODAY
from tests.walk.cases import Arguments, Posts


def paths(cast: Cast) -> tuple[Arguments, Posts]:
    """Return the arguments of the paths and what is posted to them."""
    inquiry = asked(cast)
    came = transitions.note_letter_in(
        inquiry.pk,
        kind="question",
        sender="相田 透",
        party="claimant",
        registered_number="131-12-38385-2",
        received_on=TODAY,
        owner=cast.agent,
        actor=actor(cast.agent),
        at=NOW,
    )
    announced(inquiry, cast.operator, channel="letter")
    draft, waiting, left = drafted(cast, asked(cast)), proposed(cast, asked(cast)), released(cast, asked(cast))
    signed = composing.fingerprint(FormalAnswer.objects.select_related("inquiry").get(pk=waiting.pk))
    names = ("note_letter_in", "note_letter_out", "draft_answer")
    own: Arguments = {
        "desk:close_letter": [came.pk],
        **{f"desk:{name}": [inquiry.receipt_number] for name in names},
        **{f"desk:{name}": [draft.pk] for name in ("answer", "answer_pdf", "change_answer", "propose_answer")},
        "desk:withdraw_answer": [draft.pk],
        **{f"desk:{name}": [waiting.pk] for name in ("send_back_answer", "release_answer")},
        "recovery:written_answer": [left.pk],
    }
    token = "1b4e28ba-2fa1-41d2-883f-0016d3cca4"
    letter = {"party": "claimant", "registered_number": ""}
    words = {"template": "progress", "chosen": ["under_way"], "way": "letter"}
    came_in = {"kind": "question", "sender": "相田", "received_on": TODAY.isoformat(), "owner": cast.agent.pk}
    posts: Posts = {
        "desk:close_letter": {"status": "answered"},
        "desk:note_letter_in": {**letter, **came_in, "token": f"{token}31"},
        "desk:note_letter_out": {**letter, "kind": "asking", "sent_on": TODAY.isoformat(), "token": f"{token}32"},
        "desk:draft_answer": {**words, "token": f"{token}33"},
        "desk:change_answer": {**words, "text": "承りました。", "token": f"{token}34"},
        "desk:send_back_answer": {"reason": "短く"},
        "desk:release_answer": {"signed_hash": signed},
        "desk:withdraw_answer": {"reason": "重複"},
        "desk:print_answers": {"letters": [left.pk]},
    }
    return own, posts
