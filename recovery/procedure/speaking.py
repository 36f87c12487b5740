"""Fixed sentences of the desk, read from the data of one version."""

from string import Formatter

from recovery.procedure.entries import Entry, Text
from recovery.procedure.shapes import Help, Sentence

MOMENTS = frozenset(
    {
        "before",
        "checking",
        "not_enough",
        "receipt",
        "promise",
        "staff_name",
        "long_call",
        "abusive",
        "papers_alone",
        "cannot_be_told",
        "contractor",
        "site_user",
        "caller_check",
        "bill",
        "complaint",
        "question",
    }
)
"""When something is said; the desk has a name for each."""
BLANKS = frozenset({"receipt_number", "tracking_code", "promised_until"})
# Versions 1 and 2 name neither moment nor rule. Claims that began with them are still spoken about.
_AT_FIRST = {
    "receipt": ("receipt", "A11"),
    "cannot_be_told": ("cannot_be_told", "A8"),
    "papers_alone": ("papers_alone", "A8"),
    "not_confirmed": ("not_enough", "A8"),
    "our_call": ("caller_check", "A13"),
}


def sentence(entry: Entry) -> Sentence:
    """Return one fixed sentence. ValueError, naming the place, for an unknown moment or a blank nobody fills."""
    code, texts = entry.text("code"), entry.both("text")
    moment, rule = _AT_FIRST.get(code, ("question", "A15"))
    if "moment" in entry.data:
        moment, rule = entry.text("moment"), entry.text("rule")
        if moment not in MOMENTS:
            raise entry.wrong(f"moment {moment} is unknown")
    whens = entry.both("when") if "when_ja" in entry.data or "when_en" in entry.data else Text("", "")
    shown = entry.maybe("help")
    made = Sentence(code, texts, moment, whens, rule, None if shown is None else _help(shown))
    _refuse_blanks(entry, made)
    entry.done()
    return made


def _help(entry: Entry) -> Help:
    made = Help(entry.number("order"), entry.both("question"))
    entry.done()
    return made


def _refuse_blanks(entry: Entry, made: Sentence) -> None:
    found = [_blanks(entry, text) for text in (made.texts.ja, made.texts.en)]
    if unknown := sorted((found[0] | found[1]) - BLANKS):
        raise entry.wrong(f"text has blanks that nobody fills: {', '.join(unknown)}")
    if found[0] != found[1]:
        raise entry.wrong("text has other blanks in one language than in the other")
    if made.help and found[0]:
        raise entry.wrong("text is public, and has blanks")


def _blanks(entry: Entry, text: str) -> set[str]:
    try:
        parts = list(Formatter().parse(text))
    except ValueError as wrong:
        raise entry.wrong("text has a brace that belongs to no blank") from wrong
    if any(way or how for _words, name, way, how in parts if name is not None):
        raise entry.wrong("text has a brace that belongs to no blank")
    return {name for _words, name, _way, _how in parts if name is not None}
