"""Words for letters in and out, and for formal answers."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

LETTERS: dict[str, Words] = {
    "post.received": _("wrote down a letter that came"),
    "post.sent": _("wrote down a letter that left"),
    "post.closed": _("wrote down what became of a letter"),
    "post.handed_over": _("A letter on which something is due went to somebody else"),
    "post.came_back": _("wrote down that a letter came back"),
    "answer.drafted": _("drafted a formal answer"),
    "answer.changed": _("changed the draft of a formal answer"),
    "answer.proposed": _("proposed a formal answer for release"),
    "answer.sent_back": _("sent a formal answer back"),
    "answer.released": _("released a formal answer"),
    "answer.withdrawn": _("took a formal answer back"),
    "answer.printed": _("printed formal answers"),
    "post.late": _("told that a letter is overdue"),
}
