"""What people type to check a certificate."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class CodeForm(forms.Form):
    """The check code as printed at the foot of the certificate."""

    mark_optional = False
    code = forms.CharField(
        label=_("Check code"),
        max_length=40,
        help_text=_("At the foot of the certificate, for example 7Q4M-2KXH-9PTD. Case and hyphens do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "data-code": ""}),
    )


class FileForm(forms.Form):
    """The certificate as a file."""

    file = forms.FileField(
        label=_("Certificate as a PDF file"),
        help_text=_("The file is compared with the one we issued and is not kept."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )

    def clean_file(self) -> Any:
        """Refuse a file that was cut off while it arrived (too large, one too many), in the words of the upload."""
        file = self.cleaned_data["file"]
        if file.refusal:
            raise forms.ValidationError(file.refusal.words)
        return file


class LanguageForm(forms.Form):
    """The language of the certificate."""

    language = forms.ChoiceField(
        label=_("Language of the certificate"),
        choices=[("ja", "日本語"), ("en", "English")],
        widget=forms.RadioSelect(attrs={"class": "inline"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("language", "ja")
