"""Words for holding papers fast and for erasing them."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

ERASURES: dict[str, Words] = {
    "legal_hold.placed": _("held the papers fast: none of them is erased"),
    "legal_hold.lifted": _("lifted a hold on the papers"),
    "erasure.proposed": _("proposed to erase a paper"),
    "erasure.looked": _("looked at a proposal to erase a paper"),
    "erasure.agreed": _("agreed, and a paper was erased for good"),
    "erasure.declined": _("declined to erase a paper"),
    "erasure.withdrawn": _("took the proposal to erase a paper back"),
    "erasure.applied_again": _("erased again, after a restore, what two persons had erased"),
    "keys.rotated": _("put what is encrypted under the current keys"),
}
