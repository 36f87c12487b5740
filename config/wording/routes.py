"""Routes beside the normal way, and versions of the procedure that ship."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

ROUTES: dict[str, Words] = {
    "claim.route_set": _("chose the route of a claim"),
    "procedure.shipped_taken": _("began a draft with what came with the product"),
}
