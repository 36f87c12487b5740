"""What the desk types: contacts and promises, calls and alarms."""

from desk.forms.alarming import AlarmForm
from desk.forms.console import BeginForm, EndForm, NumberForm, PromiseForm, TakeDownForm, WarnForm
from desk.forms.explaining import ExplanationForm
from desk.forms.inquiries import ContactForm, HoldForm
from desk.forms.once import OnceForm
from desk.forms.statement import CAPACITIES, stated

__all__ = [
    "CAPACITIES",
    "AlarmForm",
    "BeginForm",
    "ContactForm",
    "EndForm",
    "ExplanationForm",
    "HoldForm",
    "NumberForm",
    "OnceForm",
    "PromiseForm",
    "TakeDownForm",
    "WarnForm",
    "stated",
]
