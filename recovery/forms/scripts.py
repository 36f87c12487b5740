"""One more sentence for the desk."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.models import Script


def _words(label: Any, language: str, *, rows: int = 1, required: bool = True) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows, "lang": language})
    return forms.CharField(label=label, max_length=1_000 if rows > 1 else 200, required=required, widget=area)


class ScriptForm(forms.Form):
    """When it is said, by which rule, the words in both languages, and the question where it is public help."""

    seen_hash = forms.CharField(widget=forms.HiddenInput)
    code = forms.SlugField(
        label=_("Code"), max_length=40, help_text=_("In Latin letters. It is the address of a public answer.")
    )
    moment = forms.ChoiceField(label=_("At which moment of a call"), choices=Script.Moment.choices)
    rule = forms.CharField(label=_("Rule that it follows from"), max_length=20, help_text=_("Such as A8."))
    when_ja = _words(_("When it is said, in Japanese"), "ja")
    when_en = _words(_("When it is said, in English"), "en")
    text_ja = _words(_("Sentence in Japanese"), "ja", rows=3)
    text_en = _words(_("Sentence in English"), "en", rows=3)
    question_ja = _words(_("Question in Japanese, if it is public help"), "ja", required=False)
    question_en = _words(_("Question in English, if it is public help"), "en", required=False)
    order = forms.IntegerField(
        label=_("Place among the help pages"), min_value=0, max_value=9_999, initial=500, required=False
    )

    def clean(self) -> dict[str, Any]:
        """A public sentence has a question in both languages and a place."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        asked = [bool(given.get(name)) for name in ("question_ja", "question_en")]
        if any(asked) and not (all(asked) and given.get("order") is not None):
            self.add_error("question_en", _("Public help needs the question in both languages, and a place."))
        return given

    @property
    def entry(self) -> dict[str, Any]:
        """The sentence as the procedure keeps it."""
        given = self.cleaned_data
        made = {name: given[name] for name in ("code", "moment", "rule", "when_ja", "when_en", "text_ja", "text_en")}
        if given["question_ja"]:
            made["help"] = {"order": given["order"], **{key: given[key] for key in ("question_ja", "question_en")}}
        return made
