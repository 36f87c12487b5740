"""Forms that are sent once."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_UNREADABLE = _("This form is no longer complete. Open it again.")


class OnceForm(forms.Form):
    """A form whose second press is told from the first by a token of its own."""

    token = forms.UUIDField(
        widget=forms.HiddenInput,
        initial=uuid.uuid4,
        error_messages={"required": _UNREADABLE, "invalid": _UNREADABLE},
    )

    def renew(self) -> None:
        """Let the form be sent again after a refusal: nothing was done with its token."""
        data = dict(self.data.items())
        data[self.add_prefix("token")] = str(uuid.uuid4())
        self.data = data

    @property
    def values(self) -> dict[str, Any]:
        """What was typed, without the token."""
        return {name: value for name, value in self.cleaned_data.items() if name != "token"}
