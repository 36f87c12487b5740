"""What the desk types: contacts and promises, calls and alarms."""

from desk.forms.alarming import AlarmForm
from desk.forms.explaining import ExplanationForm
from desk.forms.inquiries import ContactForm, HoldForm
from desk.forms.once import OnceForm
from desk.forms.sites import EndSiteForm, LineForm, PersonForm, SiteForm
from desk.forms.statement import CAPACITIES, stated
from desk.forms.trust import AnnounceForm, CallerForm, CallsForm, ReportForm

__all__ = [
    "CAPACITIES",
    "AlarmForm",
    "AnnounceForm",
    "CallerForm",
    "CallsForm",
    "ContactForm",
    "EndSiteForm",
    "ExplanationForm",
    "HoldForm",
    "LineForm",
    "OnceForm",
    "PersonForm",
    "ReportForm",
    "SiteForm",
    "stated",
]
