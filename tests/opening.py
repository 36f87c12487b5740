"""An organisation that nobody has claimed, and its letter at any stage."""

import json
from datetime import datetime, timedelta

from accounts.models import Organisation, OrganisationKind, User
from audit.record import Public
from handover import transitions
from handover.models import Activation, ContactPoint
from outbox import cipher
from tests.cast import Cast, actor, organisation
from tests.letterbox import link_in, mails
from tests.sheets import known_sheets
from tests.stock import NOW, registration

PUBLIC = Public()
MAIL = "akari@tsukuba.example"


def unclaimed(name: str = "筑波書店", number: str = "T-1") -> Organisation:
    """Make a customer with one registration and nobody who works for it."""
    home = organisation(OrganisationKind.CUSTOMER, name, "ツクバショテン")
    held = registration(home, number, custodian=None)
    ContactPoint.objects.create(
        registration=held, kind="phone", value="029-123-4567", since=NOW.date() - timedelta(days=90)
    )
    return home


def ordered(cast: Cast, home: Organisation, *, at: datetime = NOW, by: User | None = None) -> Activation:
    return transitions.order_activation(organisation_pk=home.pk, actor=actor(by or cast.operator), at=at)


def code_of(activation: Activation) -> str:
    """Return the code, as it lies encrypted until the letter is printed."""
    notice = activation.letters.get(kind="code").notice
    content = json.loads(cipher.decrypt(bytes(notice.payload or b"")))
    return str(content["code"])


def printed(cast: Cast, home: Organisation, *, at: datetime = NOW, by: User | None = None) -> tuple[Activation, str]:
    """Order a letter and print it; return it with its code."""
    made = ordered(cast, home, at=at, by=by)
    code = code_of(made)
    keys = [made.letters.get().pk]
    other = cast.operator if by == cast.colleague else cast.colleague
    with known_sheets():
        transitions.print_activations(letter_pks=keys, actor=actor(other), at=at)
    made.refresh_from_db()
    return made, code


def entered(
    cast: Cast, home: Organisation, *, at: datetime = NOW, mail: str = MAIL, by: User | None = None
) -> tuple[Activation, str]:
    """The receiver types in the code; return it with the token of the link."""
    made, code = printed(cast, home, at=at, by=by)
    made = transitions.enter_activation(
        number=made.number,
        typed=code,
        name="筑波 明",
        department="総務課",
        mail=mail,
        language="ja",
        actor=PUBLIC,
        at=at,
    )
    sent = [one for one in mails("activation_mailbox") if one["to"] == mail][-1]
    return made, link_in(sent["body"]).rstrip("/").rpartition("/")[2]


def asked(
    cast: Cast, home: Organisation, *, at: datetime = NOW, mail: str = MAIL, by: User | None = None
) -> Activation:
    _made, token = entered(cast, home, at=at, mail=mail, by=by)
    return transitions.confirm_activation(token=token, actor=PUBLIC, at=at)


def checked(cast: Cast, home: Organisation, *, at: datetime = NOW, mail: str = MAIL) -> Activation:
    made = asked(cast, home, at=at, mail=mail)
    transitions.announce_activation_call(number=made.number, actor=actor(cast.colleague), at=at)
    return transitions.check_activation(
        number=made.number, kind="callback", note="総務課長 11月20日 10時", actor=actor(cast.colleague), at=at
    )


def approved(cast: Cast, home: Organisation, *, at: datetime = NOW) -> Activation:
    made = checked(cast, home, at=at)
    return transitions.approve_activation(number=made.number, actor=actor(cast.approver), at=at)


def paths(cast: Cast) -> tuple[dict[str, list[object]], dict[str, dict[str, object]]]:
    """Make a letter for each of the paths; return their arguments and what is posted to them."""
    homes = [unclaimed(f"第{place}書店", f"T-{place}") for place in range(6)]
    by = cast.colleague
    waiting = ordered(cast, homes[1], by=by)
    out, _code = printed(cast, homes[2], by=by)
    _entered, token = entered(cast, homes[3], by=by, mail="a@tsukuba.example")
    answered = asked(cast, homes[4], by=by, mail="b@tsukuba.example")
    agreed = checked(cast, homes[5], mail="c@tsukuba.example")
    own: dict[str, list[object]] = {
        "order_activation": [homes[0].pk],
        "activation": [agreed.number],
        "return_activation": [out.number],
        "announce_activation_call": [answered.number],
        "check_activation": [answered.number],
        "approve_activation": [agreed.number],
        "refuse_activation": [agreed.number],
        "confirm_activation": [token],
    }
    posts: dict[str, dict[str, object]] = {
        "order_activations": {"organisations": homes[0].pk},
        "print_activations": {"letters": waiting.letters.get().pk},
        "check_activation": {"kind": "proof", "note": "登記事項証明書"},
        "activate": {
            "number": "A-0000-0000",
            "code": "22222-22222",
            "name": "筑波 明",
            "department": "",
            "mail": "d@tsukuba.example",
        },
    }
    return {f"handover:{name}": value for name, value in own.items()}, {
        f"handover:{name}": value for name, value in posts.items()
    }
