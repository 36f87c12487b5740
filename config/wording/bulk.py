"""Words for acts on many registrations at once."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

BULK: dict[str, Words] = {
    "job.started": _("began an act on many registrations"),
    "job.cancelled": _("stopped an act on many registrations"),
    "job.finished": _("finished an act on many registrations"),
    "certificates.taken": _("downloaded the certificates of a job"),
    "registrations.listed": _("downloaded a list of registrations"),
}
