"""Receipt number and tracking code, by which an inquirer opens what is the inquirer's."""

import unicodedata

from django import forms
from django.utils.translation import gettext_lazy as _


class TrackingForm(forms.Form):
    """Receipt number and tracking code, in any spelling."""

    use_required_attribute = False
    NOT_TOGETHER = _(
        "Receipt number and tracking code do not fit together. Check both. After ten tries in an hour, go on in the"
        " next hour."
    )

    receipt_number = forms.CharField(
        label=_("Receipt number"),
        max_length=64,
        help_text=_("For example C-1234-567-890. Full width, capitals and hyphens make no difference."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-code": "", "spellcheck": "false"}),
        error_messages={"required": _("Enter the receipt number.")},
    )
    tracking = forms.CharField(
        label=_("Tracking code"),
        max_length=64,
        help_text=_("Ten letters and digits, from the page that you saw after sending or from our first mail."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-code": "", "spellcheck": "false"}),
        error_messages={"required": _("Enter the tracking code.")},
    )

    def number(self) -> str:
        """Return the receipt number as we write it, "" for what is none."""
        plain = unicodedata.normalize("NFKC", self.cleaned_data["receipt_number"])
        digits = "".join(sign for sign in plain if sign.isdecimal() and sign.isascii())
        return f"C-{digits[:4]}-{digits[4:7]}-{digits[7:]}" if len(digits) == 10 else ""
