"""How a paper of a pack stands with what was kept."""

from collections.abc import Mapping

from django import template
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from config.templatetags.ui import badge
from handover.queries.pack import PackPaper

register = template.Library()


@register.simple_tag
def whole(paper: PackPaper, integrity: Mapping[int, str]) -> SafeString:
    """{% whole paper integrity %}: whether the bytes were compared, and with what result."""
    if paper.blob is None:
        return badge("idle", _("Only listed, no file"))
    return {
        "whole": badge("ok", _("Whole: compared with what was kept")),
        "damaged": badge("bad", _("Damaged: tell us")),
        "later": badge("idle", _("Compared when opened")),
    }[integrity.get(paper.blob.pk, "later")]
