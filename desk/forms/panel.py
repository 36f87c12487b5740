"""The checks of one call with what is typed for each."""

from dataclasses import dataclass
from datetime import datetime

from accounts.actors import Actor
from accounts.errors import Words
from desk import calling
from desk.forms.checks import BookCallBackForm, MandateForm, PinForm, ReceiptForm
from desk.forms.console import span
from desk.forms.once import OnceForm
from desk.models import Call
from desk.queries.checks import Step, steps
from desk.rules import TABLE

FORMS: dict[str, type[OnceForm]] = {
    "check_receipt": ReceiptForm,
    "check_pin": PinForm,
    "check_mandate": MandateForm,
}


@dataclass(frozen=True)
class CheckLine:
    """A step with what is typed for it, None where there is nothing to type any more."""

    step: Step
    form: OnceForm | None

    @property
    def path(self) -> str:
        """The name of the path that the form is sent to."""
        return f"desk:{self.step.action}"

    @property
    def words(self) -> Words:
        """What stands on the button."""
        return TABLE[self.step.action].words


def check_panel(
    call: Call, actor: Actor, at: datetime, *, action: str = "", form: OnceForm | None = None
) -> list[CheckLine]:
    """Return the checks of `call` in one query; `form` with its errors stands in for the one of `action`."""
    return [
        CheckLine(step, form if form and step.action == action else _form_of(step.action, at))
        for step in steps(call, actor)
    ]


def _form_of(action: str, at: datetime) -> OnceForm | None:
    if action == "book_call_back":
        return BookCallBackForm(windows=windows_of(at), auto_id=f"{action}_%s")
    return FORMS[action](auto_id=f"{action}_%s") if action in FORMS else None


def windows_of(at: datetime) -> dict[str, tuple[tuple[datetime, datetime], str]]:
    """Return the times that can be promised now with their words, by what a form sends."""
    return {window[1].isoformat(): (window, span(*window)) for window in calling.windows(at)}
