"""Words for the acts on papers."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

PAPERS: dict[str, Words] = {
    "document.added": _("added a paper"),
    "document.version_added": _("added a new version of a paper"),
    "document.changed": _("changed the details of a paper"),
    "document.downloaded": _("downloaded a paper"),
    "document.viewed": _("looked at a paper"),
    "document.sealed": _("kept a paper under seal"),
    "document.unsealed": _("opened a paper under seal"),
    "document.found_clean": _("the virus scanner found nothing in a paper"),
    "document.found_infected": _("the virus scanner found malware in a paper: nobody can open it"),
    "document.scan_asked": _("had the virus scanner asked again"),
}
