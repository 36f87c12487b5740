"""From the blocks and words of a formal answer to what is printed. Plain functions that only read."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.errors import Refused
from desk import blocks, enveloping
from desk.models import FormalAnswer, Inquiry
from handover.printing.answer import AnswerFacts, answer_pdf
from handover.printing.era import era_date
from handover.printing.errors import DoesNotFit, FactRefused, MissingCharacter
from handover.receipts import issuer

DRAFT_NUMBER = "A-0000"
"""What a preview carries where the letter's number will stand."""
ANYBODY = {"ja": "お問い合わせいただいた方へ", "en": "To whom it may concern"}


@dataclass(frozen=True)
class Composed:
    """The words of an answer in the inquirer's language, every placeholder filled."""

    title: str
    greeting: str
    matter: str
    paragraphs: tuple[str, ...]
    closing: str
    end: str

    @property
    def texts(self) -> tuple[str, ...]:
        """Everything that is said."""
        return (self.title, self.greeting, self.matter, *self.paragraphs, self.closing)


def fingerprint(answer: FormalAnswer) -> str:
    """Return the hash of what somebody lets leave: the words, the voice and the way."""
    said = json.dumps([answer.speaks_for, answer.way, *compose(answer).texts], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


def frame_of(answer: FormalAnswer) -> blocks.Template:
    """Return the template that `answer` was written with, in the version of that day."""
    return blocks.load(answer.version).templates[answer.template]


def compose(answer: FormalAnswer) -> Composed:
    """Return what `answer` says. The placeholders hold the receipt number and days, and nothing else of anybody."""
    inquiry, language = answer.inquiry, answer.inquiry.language
    words, frame = blocks.load(answer.version), frame_of(answer)
    received_on = era_date(timezone.localdate(inquiry.received_at), language)
    known = {
        "receipt_number": inquiry.receipt_number,
        "received_on": received_on,
        "next_on": era_date(inquiry.next_on, language) if inquiry.next_on else received_on,
    }
    fixed = [words.blocks[code].text[language].format(**known) for code in answer.blocks]
    free = [" ".join(line.split()) for line in answer.text.splitlines() if line.strip()]
    return Composed(
        title=frame.title[language],
        greeting=frame.greeting[language].format(**known),
        matter=frame.matter[language].format(**known),
        paragraphs=(*fixed, *free),
        closing=frame.closing[language].format(**known),
        end=frame.end[language],
    )


def ways_of(inquiry: Inquiry) -> list[FormalAnswer.Way]:
    """Return how an answer can reach the inquirer: as was chosen where that is possible, else how it is."""
    possible = [FormalAnswer.Way.PAGE]
    if inquiry.statement.mail:
        possible.insert(0, FormalAnswer.Way.MAIL)
    if enveloping.find_envelope(inquiry.statement):
        possible.insert(0, FormalAnswer.Way.LETTER)
    chosen = {
        Inquiry.Answer.LETTER: FormalAnswer.Way.LETTER,
        Inquiry.Answer.MAIL: FormalAnswer.Way.MAIL,
        Inquiry.Answer.PHONE: FormalAnswer.Way.PAGE,
    }[Inquiry.Answer(inquiry.answer_by)]
    return [chosen] if chosen in possible else possible


def facts_of(answer: FormalAnswer, *, number: str, call_code: str, at: datetime) -> AnswerFacts:
    """Return what is printed at `at` under `number`. Raises `FactRefused`."""
    inquiry, composed = answer.inquiry, compose(answer)
    language = inquiry.language
    by_post = enveloping.find_envelope(inquiry.statement) if answer.way == FormalAnswer.Way.LETTER else None
    names = by_post.addressee if by_post else enveloping.addressee_of(inquiry.statement)
    return AnswerFacts(
        letter_number=number,
        addressee=names or (ANYBODY[language],),
        postal_code=by_post.postal_code if by_post else "",
        address=by_post.address if by_post else "",
        issued_at=timezone.localtime(at),
        public_origin=settings.PUBLIC_ORIGIN,
        phone=settings.SUPPORT_PHONE,
        hours=settings.SUPPORT_HOURS,
        issuer=issuer(language),
        language=language,
        receipt_number=inquiry.receipt_number,
        asked_on=timezone.localdate(inquiry.received_at),
        title=composed.title,
        greeting=composed.greeting,
        matter=composed.matter,
        paragraphs=composed.paragraphs,
        closing=composed.closing,
        end=composed.end,
        is_sealed=answer.speaks_for == FormalAnswer.Voice.PROVIDER,
        call_code=call_code,
    )


def printed(answer: FormalAnswer, *, number: str, call_code: str, at: datetime) -> bytes:
    """Return the answer as PDF. Raises `Refused` when it cannot be printed: too long, or a sign no face has."""
    try:
        return answer_pdf(facts_of(answer, number=number, call_code=call_code, at=at))
    except DoesNotFit as long:
        words = _("This needs more than one page. Make the text shorter.")
        raise Refused(words, {"text": words}) from long
    except MissingCharacter as missing:
        words = _("These characters cannot be printed with the installed fonts: %(characters)s.")
        words %= {"characters": " ".join(missing.characters)}
        raise Refused(words, {"text": words}) from missing
    except FactRefused as wrong:
        words = _("Something in it cannot be printed (%(field)s). Look at the text and at what was stated.")
        words %= {"field": wrong.field}
        raise Refused(words, {"text": words}) from wrong


def offered(*, for_desk: bool, language: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return templates and blocks that somebody chooses from, each as code and name; the desk has its own few."""
    words = blocks.load()
    frames = [(one.code, one.name[language]) for one in words.templates.values() if one.desk or not for_desk]
    return frames, [(one.code, _line(one, language)) for one in words.blocks.values() if one.desk or not for_desk]


def _line(block: blocks.Block, language: str) -> str:
    mark = "：" if language == "ja" else ": "
    return f"{block.name[language]}{mark}{block.text[language]}"


def is_fixed_for_desk(template: str, chosen: Iterable[str]) -> bool:
    """Whether the desk may send these words: a template and blocks of its own."""
    words = blocks.load()
    frame = words.templates.get(template)
    return frame is not None and frame.desk and all(code in words.blocks and words.blocks[code].desk for code in chosen)
