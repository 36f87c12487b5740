"""What the desk types: contacts and promises, calls and alarms."""

from desk.forms.alarming import AlarmForm
from desk.forms.answers import AnswerForm, PrintAnswersForm, ReasonForm, ReleaseForm
from desk.forms.checks import (
    BookCallBackForm,
    CallBackEndForm,
    CapacityForm,
    MandateForm,
    PinForm,
    PointForm,
    PosedAsForm,
    ReceiptForm,
)
from desk.forms.console import BeginForm, EndForm, NumberForm, PromiseForm, TakeDownForm, WarnForm
from desk.forms.explaining import ExplanationForm
from desk.forms.inquiries import ContactForm, HoldForm
from desk.forms.letters import CloseLetterForm, LetterInForm, LetterOutForm
from desk.forms.noting import PersonNoteForm
from desk.forms.once import OnceForm
from desk.forms.panel import CheckLine, check_panel, windows_of
from desk.forms.sites import EndSiteForm, LineForm, PersonForm, SiteForm
from desk.forms.statement import CAPACITIES, stated
from desk.forms.trust import AnnounceForm, CallerForm, CallsForm, ReportForm

__all__ = [
    "CAPACITIES",
    "AlarmForm",
    "AnnounceForm",
    "AnswerForm",
    "BeginForm",
    "BookCallBackForm",
    "CallBackEndForm",
    "CallerForm",
    "CallsForm",
    "CapacityForm",
    "CheckLine",
    "CloseLetterForm",
    "ContactForm",
    "EndForm",
    "EndSiteForm",
    "ExplanationForm",
    "HoldForm",
    "LetterInForm",
    "LetterOutForm",
    "LineForm",
    "MandateForm",
    "NumberForm",
    "OnceForm",
    "PersonForm",
    "PersonNoteForm",
    "PinForm",
    "PointForm",
    "PosedAsForm",
    "PrintAnswersForm",
    "PromiseForm",
    "ReasonForm",
    "ReceiptForm",
    "ReleaseForm",
    "ReportForm",
    "SiteForm",
    "TakeDownForm",
    "WarnForm",
    "check_panel",
    "stated",
    "windows_of",
]
