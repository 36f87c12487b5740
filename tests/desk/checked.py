"""A call that runs, and what a caller says in it."""

from datetime import datetime

from accounts import transitions as accounts
from accounts.models import User
from desk import transitions
from desk.checking import Said
from desk.models import Call, Check, Inquiry, Statement
from tests.cast import actor
from tests.stock import NOW


def running(by: User, inquiry: Inquiry | None = None, at: datetime = NOW) -> Call:
    """Begin an incoming call of `by`; with `inquiry` it is about that one."""
    call = transitions.begin_call(name="渡邉 翔", number="03-1234-5678", actor=actor(by), at=at)
    if inquiry:
        call = transitions.go_on_with(call.pk, inquiry=inquiry, actor=actor(by), at=at)
    return call


def taken_down(by: User, capacity: str = "customer") -> tuple[Inquiry, str]:
    """Take a question down; return the inquiry with its tracking code."""
    return transitions.open_inquiry(
        topic="question",
        statement=Statement(name="相田 透", organisation_name="青葉商事", own_phone="03-1111-2222", remarks="請求先"),
        capacity=capacity,
        answer_by="phone",
        language="ja",
        actor=actor(by),
        at=NOW,
    )


def pin_of(user: User, at: datetime = NOW) -> tuple[str, str]:
    """Return the number and a PIN that `user` reads from the own screen."""
    return accounts.make_pin(actor=actor(user), at=at)


def say_pin(call: Call, by: User, number: str, pin: str, at: datetime = NOW) -> Check:
    return transitions.check_pin(call.pk, number=number, pin=pin, actor=actor(by), at=at)


def say_mandate(call: Call, by: User, said: Said, at: datetime = NOW) -> Check:
    return transitions.check_mandate(call.pk, said=said, actor=actor(by), at=at)
