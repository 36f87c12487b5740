"""Words for the cheaper exits before a recovery."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

EXITS: dict[str, Words] = {
    "kit.redeemed": _("A recovery kit was used for a claim; it works no longer"),
    "kit.refused": _("A recovery kit was typed in wrongly"),
    "vouch.asked": _("asked colleagues of the claimant for a vouch"),
    "vouch.answered": _("answered whether the claimant is a colleague"),
    "dns_check.opened": _("asked for an entry in the DNS of a domain on record"),
    "dns_check.found": _("found the entry in the DNS of a domain on record"),
    "claim.exit_offered": _("The organisation was told that it can settle a claim itself"),
}
