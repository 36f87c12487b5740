"""Which route a claim takes, and why."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from handover.forms.choices import offer
from recovery.procedure import Procedure
from recovery.queries.routes import to_choose


class RouteForm(forms.Form):
    """One of the ways of the claim's version of the procedure."""

    # The usual way is an answer like the others, and is there from the start.
    mark_optional = False
    route = forms.ChoiceField(label=_("Which way fits this claim?"), required=False, widget=forms.RadioSelect)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("How you know that the organisation is of this kind. Whoever approves reads and signs it."),
    )

    def __init__(self, *args: Any, procedure: Procedure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "route", to_choose(procedure))
