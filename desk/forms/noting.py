"""Notes about people."""

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.forms.once import OnceForm
from desk.models import PersonNote

FOR = [(30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("One year"))]


class PersonNoteForm(OnceForm):
    """One of a list, for a time: nothing is typed."""

    word = forms.ChoiceField(
        label=_("What is worth knowing"), choices=PersonNote.Word.choices, widget=forms.RadioSelect
    )
    days = forms.TypedChoiceField(label=_("For how long"), choices=FOR, coerce=int, initial=180)
