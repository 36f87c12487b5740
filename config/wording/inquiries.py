"""Words for what the desk takes down."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

INQUIRIES: dict[str, Words] = {
    "inquiry.opened": _("took down an inquiry"),
}
