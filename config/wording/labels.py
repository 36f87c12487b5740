"""Words for the acts on labels."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

LABELS: dict[str, Words] = {
    "label.made": _("made a label"),
    "label.lost": _("reported a labelled thing lost"),
    "label.back": _("reported a labelled thing back"),
    "label.found": _("pressed “I found this” on a label"),
    "label.voided": _("voided a label"),
    "label.reissued": _("replaced a label by a new one"),
    "labels.reminded": _("reminded the person in charge before the year-end clean-up"),
}
