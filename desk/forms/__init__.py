"""What the desk types: contacts and promises, calls and alarms."""

from desk.forms.alarming import AlarmForm
from desk.forms.answers import AnswerForm, PrintAnswersForm, ReasonForm, ReleaseForm
from desk.forms.explaining import ExplanationForm
from desk.forms.inquiries import ContactForm, HoldForm
from desk.forms.letters import CloseLetterForm, LetterInForm, LetterOutForm
from desk.forms.once import OnceForm
from desk.forms.statement import CAPACITIES, stated

__all__ = [
    "CAPACITIES",
    "AlarmForm",
    "AnswerForm",
    "CloseLetterForm",
    "ContactForm",
    "ExplanationForm",
    "HoldForm",
    "LetterInForm",
    "LetterOutForm",
    "OnceForm",
    "PrintAnswersForm",
    "ReasonForm",
    "ReleaseForm",
    "stated",
]
