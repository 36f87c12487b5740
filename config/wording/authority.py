"""Words for the acts around a reassignment on proven authority."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

AUTHORITY: dict[str, Words] = {
    "authority.proposed": _("proposed a reassignment on proven authority"),
    "authority.seconded": _("compared the seal as the second person"),
    "authority.approved": _("approved a reassignment on proven authority"),
    "authority.refused": _("refused a reassignment on proven authority"),
    "authority.withdrawn": _("withdrew a reassignment on proven authority"),
    "authority.objected": _("said what speaks against the reassignment"),
    "authority.answered": _("answered in writing to what the predecessor said"),
    "authority.executed": _("The person in charge changed on proven authority"),
}
