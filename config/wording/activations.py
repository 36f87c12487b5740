"""Words for opening an organisation that nobody has claimed."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

ACTIVATIONS: dict[str, Words] = {
    "activation.ordered": _("ordered the letter that opens the organisation's access"),
    "activation.printed": _("printed letters that open organisations' access"),
    "activation.returned": _("wrote down that the letter came back"),
    "activation.letter_returned": _("wrote down that an earlier letter or a notice came back"),
    "activation.entered": _("typed in the code of the letter"),
    "activation.asked": _("confirmed the mail address and asked to become the first administrator"),
    "activation.viewed": _("looked at the request to become the first administrator"),
    "activation.call_announced": _("announced a call to the organisation"),
    "activation.checked": _("checked the request to become the first administrator"),
    "activation.approved": _("agreed to the first administrator and sent the invitation"),
    "activation.refused": _("refused the request to become the first administrator"),
}
