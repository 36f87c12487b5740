"""Words for the acts on the procedure itself."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

PROCEDURES: dict[str, Words] = {
    "procedure.draft_begun": _("began a draft of the procedure"),
    "procedure.draft_changed": _("changed the draft of the procedure"),
    "procedure.draft_discarded": _("discarded the draft of the procedure"),
    "procedure.replay_begun": _("replayed the draft over past claims"),
    "procedure.replayed": _("The replay over past claims ended"),
    "procedure.proposed": _("proposed to publish the draft of the procedure"),
    "procedure.published": _("published a new version of the procedure"),
    "claim.reopened_by_rule": _("reopened the claim because a rule has changed"),
}
