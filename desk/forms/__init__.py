"""What the desk types: contacts and promises, calls and alarms."""

from desk.forms.alarming import AlarmForm
from desk.forms.answers import AnswerForm, PrintAnswersForm, ReasonForm, ReleaseForm
from desk.forms.explaining import ExplanationForm
from desk.forms.inquiries import ContactForm, HoldForm
from desk.forms.letters import CloseLetterForm, LetterInForm, LetterOutForm
from desk.forms.noting import PersonNoteForm
from desk.forms.once import OnceForm
from desk.forms.sites import EndSiteForm, LineForm, PersonForm, SiteForm
from desk.forms.statement import CAPACITIES, stated
from desk.forms.trust import AnnounceForm, CallerForm, ReportForm

__all__ = [
    "CAPACITIES",
    "AlarmForm",
    "AnnounceForm",
    "AnswerForm",
    "CallerForm",
    "CloseLetterForm",
    "ContactForm",
    "EndSiteForm",
    "ExplanationForm",
    "HoldForm",
    "LetterInForm",
    "LetterOutForm",
    "LineForm",
    "OnceForm",
    "PersonForm",
    "PersonNoteForm",
    "PrintAnswersForm",
    "ReasonForm",
    "ReleaseForm",
    "ReportForm",
    "SiteForm",
    "stated",
]
