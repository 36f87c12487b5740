"""Words for questions about use."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

GUIDES: dict[str, Words] = {
    "use_guide.written": _("changed what a kind of question needs"),
    "use.answered": _("answered a question about use"),
}
