"""Words for acts on certificates."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

CERTIFICATES: dict[str, Words] = {
    "certificate.issued": _("issued a certificate"),
    "certificate.withdrawn": _("withdrew a certificate"),
    "certificate.downloaded": _("downloaded a certificate"),
}
