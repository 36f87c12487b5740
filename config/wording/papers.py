"""Words for the acts on papers."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

PAPERS: dict[str, Words] = {
    "document.added": _("added a paper"),
    "document.version_added": _("added a new version of a paper"),
    "document.changed": _("changed the details of a paper"),
    "document.downloaded": _("downloaded a paper"),
}
