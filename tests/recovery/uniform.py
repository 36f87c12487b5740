"""Every public form as a customer and as a stranger sends it, for comparing answers, statements and times.

A customer's case is linked, accepted, and has a letter, a mail and a phone on record that were all used; a stranger's
case is one that nobody found anything for. Both are open in a browser of their own, and so is one of each that ended.
"""

import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import OneTimeCode, Tally
from handover import transitions as register
from handover.models import RecoveryKit
from recovery import transitions
from recovery.models import Claim
from tests import claims
from tests.cast import Cast, actor
from tests.recovery import public_posts
from tests.stock import NOW

KNOWN, UNKNOWN = "known", "unknown"
MASKED = re.compile(
    r'name="(?:csrfmiddlewaretoken|token)" value="[^"]*"|nonce[-=]"?[\w+/=-]+"?|C-\d{4}-\d{3}-\d{3}'
    r"|\b[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}\b|\b\d{4}-\d{4}\b"
)
LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+(?:\.\d+)?\b|\bNULL\b|x\?")
LISTED = re.compile(r"\((?:\?(?:, )?)+\)(?:, \((?:\?(?:, )?)+\))*")


@dataclass(frozen=True)
class Asker:
    """One side: its browser, its case, and what it types. `after` is a browser with a case that was `ended`."""

    client: Client
    claim: Claim
    mail: str
    organisation: str
    objection: str
    kit: str
    after: Client
    ended: Claim


Form = Callable[[Asker, str], Any]


def askers(cast: Cast) -> dict[str, Asker]:
    """Make a customer's case and a stranger's, each open in a browser."""
    lost = claims.held(cast)
    known = claims.received(statement={"mail": "known@new.example"}, sender="192.0.2.1")
    unknown = claims.received(
        statement={"mail": "other@new.example", "organisation_name": "存在しない商会"}, sender="192.0.2.2"
    )
    browsers = {claim.pk: public_posts.opens(Client(), claim) for claim in (known, unknown)}
    claims.linked(cast, lost, claim=known)
    transitions.accept(known.pk, actor=actor(cast.operator), at=NOW)
    to = f"contact_point:{claims.point(lost, 'post').pk}"
    transitions.order_letter(known.pk, to=to, actor=actor(cast.operator), at=NOW)
    known.refresh_from_db()
    told = known.dispatches.filter(channel="mail").order_by("pk")[0]
    came = NOW - timedelta(days=60)
    kit, _code = register.make_recovery_kit(registration_pk=lost.pk, actor=actor(cast.taro), at=came)
    organisations = {KNOWN: "(株)青葉商亊", UNKNOWN: "存在しない商会"}
    ended = {side: _ended(cast, side, organisation) for side, organisation in organisations.items()}
    after = {side: public_posts.opens(Client(), claim) for side, claim in ended.items()}
    return {
        KNOWN: Asker(
            browsers[known.pk],
            known,
            cast.saburo.email,
            "青葉商事",
            claims.objection_sent(told)[:4],
            kit.number,
            after[KNOWN],
            ended[KNOWN],
        ),
        UNKNOWN: Asker(
            browsers[unknown.pk],
            unknown,
            "nobody@aoba.example",
            "存在しない商会",
            "2222",
            "K-2222-2222",
            after[UNKNOWN],
            ended[UNKNOWN],
        ),
    }


def _ended(cast: Cast, side: str, organisation: str) -> Claim:
    """A refused case: a customer's that was examined, or a stranger's that nobody found anything for."""
    came = NOW - timedelta(days=5)
    stated = {"mail": f"{side}.ended@new.example", "organisation_name": organisation}
    claim = claims.received(at=came, statement=stated, sender=f"ended {side}")
    if side == KNOWN:
        claims.accepted(cast, claims.held(cast, "R-2"), at=came, claim=claim)
    transitions.refuse(claim.pk, reason="not_confirmed", words="足りない", actor=actor(cast.approver), at=NOW)
    return claim


def _check(who: Asker, text: str) -> Any:
    client = Client()
    public_posts.answers(client, organisation_name=who.organisation, remarks=text)
    token = public_posts.token(client)
    return lambda: client.post("/recover/check/", {"token": token})


def _of_case(path: str, **data: str) -> Form:
    return lambda who, text: (
        lambda: public_posts.acts(
            who.client, who.claim, path, **{name: value.replace("TEXT", text) for name, value in data.items()}
        )
    )


def _of_ended(path: str, **data: str) -> Form:
    return lambda who, text: (
        lambda: public_posts.acts(
            who.after, who.ended, path, **{name: value.replace("TEXT", text) for name, value in data.items()}
        )
    )


def _paper(who: Asker, text: str) -> Any:
    given = {"code": "O3", "token": str(uuid.uuid4()), "paper": SimpleUploadedFile("x.txt", f"委任状 {text}".encode())}
    return lambda: public_posts.acts(who.client, who.claim, "papers/", **given)


def _kit(who: Asker, text: str) -> Any:
    stated = {
        "organisation_name": who.organisation,
        "name": "渡邉 翔",
        "kana": "ワタナベ ショウ",
        "mail": "a@new.example",
    }
    given = {**stated, "number": who.kit, "code": text, "token": str(uuid.uuid4())}
    return lambda: Client().post("/recover/kit/", given)


def _kit_of_case(who: Asker, text: str) -> Any:
    return lambda: public_posts.acts(who.client, who.claim, "kit/", number=who.kit, code=text)


def _open(path: str, make: Callable[[Asker, str], dict[str, str]]) -> Form:
    return lambda who, text: lambda: Client().post(path, make(who, text))


FORMS: dict[str, Form] = {
    "question": _open("/recover/questions/2/", lambda who, text: {"organisation_name": who.organisation, "unit": text}),
    "check": _check,
    "status": _open("/recover/status/", lambda who, text: {"number": who.claim.number, "tracking": text}),
    "mailbox": _of_case("mailbox/", code="TEXT"),
    "change_mail": _of_case("mail/", mail="somebody@new.example"),
    "code of a letter": _of_case("code/", purpose="letter", code="TEXT"),
    "code of a mail": _of_case("code/", purpose="mail", code="TEXT"),
    "no code": _of_case("no-code/", wish="letter"),
    "call number": _of_case("call-number/"),
    "paper": _paper,
    "kit": _kit,
    "kit of a case": _kit_of_case,
    "withdrawal": _of_case("withdraw/"),
    "appeal": _of_ended("appeal/", words="TEXT"),
    "another time": _of_ended("reopen/"),
    "objection": _open("/recover/object/", lambda who, text: {"code": f"{who.objection}-{text}", "words": text}),
    "sign-in": _open("/accounts/login/", lambda who, text: {"login": who.mail, "password": text}),
    "password reset": _open("/accounts/password/reset/", lambda who, _text: {"email": who.mail}),
}
"""Each: make ready, unmeasured, and return the post itself."""


def afresh() -> None:
    """Take every count back, so that a form can be sent any number of times."""
    Tally.objects.all().delete()
    RecoveryKit.objects.update(tries=0)
    OneTimeCode.objects.filter(used_at=None).update(throttling_failure_count=0, last_generated_timestamp=None)
    cache.clear()


def shape(sql: str) -> str:
    """Return a statement without its values: what is asked and written, not of whom."""
    return LISTED.sub("(?)", LITERAL.sub("?", re.sub(r'"s\d+_x\d+"', '"s"', sql)))


def answered(response: Any, own: Iterable[str]) -> tuple[int, str, tuple[tuple[str, str], ...]]:
    """Return status, body and headers without what is each browser's own; `own`: what its reader typed."""
    headers = {name: MASKED.sub("", value) for name, value in response.headers.items() if name != "Expires"}
    body = response.content.decode()
    for value in own:
        body = body.replace(value, "")
    cookies = ",".join(sorted(response.cookies))
    return response.status_code, MASKED.sub("", body), (*sorted(headers.items()), ("cookies", cookies))


def compared(asker: Asker, form: Form, text: str) -> tuple[Any, list[str]]:
    """Send a form once, and take it back; return its answer and the shapes of its statements."""
    kept = transaction.savepoint()
    afresh()
    send = form(asker, text)
    with CaptureQueriesContext(connection) as asked:
        response = send()
    transaction.savepoint_rollback(kept)
    # The rate limits of signing in are kept in the cache, whose table is tidied now and then.
    shapes = [shape(query["sql"]) for query in asked.captured_queries if "config_cache" not in query["sql"]]
    return answered(response, [asker.mail, asker.claim.mailbox, asker.organisation, asker.objection]), shapes
