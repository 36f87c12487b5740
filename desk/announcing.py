"""Calls and letters are announced before they are made (invariant 27). Plain functions: inside somebody's act."""

import secrets
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.actors import Actor as Person
from accounts.errors import Refused
from accounts.models import User
from audit.record import Actor
from desk.models import CallIntention, Inquiry
from outbox import cipher

CODE_LENGTH = 8
"""Digits of a call code: said aloud in two groups of four."""
WRITING_DOWN = timedelta(hours=2)
"""How long after its window a call can still be written down, which takes place after it."""
LETTER_LIFE = timedelta(days=120)
"""How long the code in a letter answers: as long as the objection code that is printed beside it."""


def announce(
    *,
    inquiry: Inquiry | None,
    purpose: str,
    topic: str,
    channel: str,
    window_from: datetime,
    window_until: datetime,
    actor: Actor,
    at: datetime,
    about: str = "",
) -> tuple[CallIntention, str]:
    """Write down a call or letter before it is made; return it with its call code of eight digits.

    `actor` makes it; a clock or a command only sends letters. `topic` "" is the inquiry's own; without an inquiry
    `about` is the label of what it belongs to. The code answers at `/caller/` from now until `window_until`. Writes no
    event: the act that announces tells of it in its facts.
    """
    person = actor.user if isinstance(actor, Person) else None
    topic = topic or (inquiry.topic if inquiry else CallIntention.Topic.QUESTION)
    return _write(inquiry, purpose, topic, channel, (window_from, window_until), by=person, at=at, about=about)


def _write(
    inquiry: Inquiry | None,
    purpose: str,
    topic: str,
    channel: str,
    window: tuple[datetime, datetime],
    *,
    by: User | None,
    at: datetime,
    used_at: datetime | None = None,
    about: str = "",
) -> tuple[CallIntention, str]:
    while True:
        code = f"{secrets.randbelow(10**CODE_LENGTH):0{CODE_LENGTH}d}"
        made = CallIntention(
            inquiry=inquiry,
            about=about,
            purpose=purpose,
            topic=topic,
            channel=channel,
            by=by,
            staff_code=staff_code(by),
            window_from=window[0],
            window_until=window[1],
            code_print=CallIntention.print_of(code),
            sealed_code=cipher.encrypt(code),
            made_at=at,
            used_at=used_at,
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            if CallIntention.objects.filter(code_print=made.code_print).exists():
                continue  # one of a hundred million was given before: no code ever means two calls
            raise
        return made, code


def announce_letter(
    *, inquiry: Inquiry | None, purpose: str, by: User | None, at: datetime, topic: str = "", about: str = ""
) -> tuple[CallIntention, str]:
    """Announce a letter that is queued now; return it with the code that is printed in it.

    Nobody waits for its hour: its code answers for `LETTER_LIFE`. `by` None: it follows from the clock. Without an
    inquiry `topic` and `about`, the label of what it belongs to, say what it is about.
    """
    window, letter = (at, at + LETTER_LIFE), CallIntention.Channel.LETTER
    topic = topic or (inquiry.topic if inquiry else CallIntention.Topic.QUESTION)
    return _write(inquiry, purpose, topic, letter, window, by=by, at=at, used_at=at, about=about)


def use(inquiry: Inquiry, *, channel: str, actor: Person, at: datetime, minutes: int = 0) -> CallIntention:
    """Return the actor's announced call of `inquiry` that is now written down, and use it up.

    It was announced before the call began, `minutes` ago, and its window was open then; who calls for longer, or
    writes it down at once after, is within it as well. One announcement is one call. Raises `Refused` when there is
    none: nobody who was called could have asked whether it was us.
    """
    rows = CallIntention.objects.filter(inquiry=inquiry, by=actor.user, channel=channel)
    found = find_to_use(rows, began=at - timedelta(minutes=minutes), at=at)
    if found is None:
        raise Refused(missing(channel))
    use_up(found, at)
    return found


def find_to_use(rows: QuerySet[CallIntention], *, began: datetime, at: datetime) -> CallIntention | None:
    """Lock and return the first of `rows` that announced a call which began at `began` and is written down now."""
    waiting = rows.select_for_update(no_key=True).filter(cancelled_at=None, used_at=None)
    fitting = waiting.filter(made_at__lte=began, window_from__lte=at, window_until__gt=began - WRITING_DOWN)
    return fitting.order_by("window_until", "pk").first()


def use_up(intention: CallIntention, at: datetime) -> None:
    """Use up a locked announcement: it was one call."""
    intention.used_at = at
    intention.save(update_fields=["used_at"])


def missing(channel: str) -> str:
    """Return why a call or letter that was not announced cannot be written down, and what to do."""
    if channel == CallIntention.Channel.LETTER:
        return _(
            "This letter was not announced. Press “Announce a call or letter” on the page of the inquiry before you"
            " send one, and print the call code in it: whoever gets it can then check that it is ours."
        )
    return _(
        "You announced no call for this inquiry before it began. Press “Announce a call or letter” on its page before"
        " you dial, and say the call code: whoever is called can then check that it is us."
    )


def begin(
    *, inquiry: Inquiry, purpose: str, channel: str, until: datetime, actor: Person, at: datetime
) -> tuple[CallIntention, str]:
    """Announce a call that is dialled at once, from an act that comes before it; it lasts `until`."""
    return _write(inquiry, purpose, inquiry.topic, channel, (at, until), by=actor.user, at=at, used_at=at)


def pass_on(*, owners: list[int], to: User, at: datetime) -> int:
    """Let `to` make the live calls that `owners` (primary keys of users) announced; returns how many."""
    rows = CallIntention.objects.live(at).filter(by__in=owners).exclude(by=to)
    return rows.update(by=to, staff_code=staff_code(to))


def staff_code(person: User | None) -> str:
    """Return the staff number of a caller: what stands for the name, which is never said on record. "" for nobody."""
    return person.person.staff_number if person and person.person else ""
