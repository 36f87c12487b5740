"""Words for letters in and out, and for formal answers."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

LETTERS: dict[str, Words] = {
    "post.received": _("wrote down a letter that came"),
    "post.sent": _("wrote down a letter that left"),
    "post.closed": _("wrote down what became of a letter"),
    "post.late": _("told that a letter is overdue"),
}
