"""Words for what happens to accounts, invitations and organisations."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

PEOPLE: dict[str, Words] = {
    "accounts.signed_in": _("signed in"),
    "accounts.signed_out": _("signed out"),
    "accounts.sign_in_failed": _("Somebody tried to sign in with a wrong password"),
    "accounts.factor_failed": _("Somebody gave the right password and a wrong code"),
    "accounts.factor_added": _("set up a second factor"),
    "accounts.factor_removed": _("removed a second factor"),
    "accounts.codes_renewed": _("made new recovery codes"),
    "accounts.password_changed": _("changed the password"),
    "accounts.address_changed": _("changed the mail address"),
    "accounts.profile_changed": _("changed the own profile"),
    "caller.pin_made": _("asked for a PIN for a call"),
    "accounts.mail_queued": _("A mail about the account was sent"),
    "invitation.made": _("invited a person"),
    "invitation.seconded": _("agreed to an invitation as the second person"),
    "invitation.withdrawn": _("withdrew an invitation"),
    "invitation.resent": _("sent an invitation again"),
    "invitation.accepted": _("accepted an invitation"),
    "invitation.printed": _("An invitation for the provider's first people was printed on the server"),
    "organisation.created": _("added an organisation"),
    "organisation.viewed": _("looked at the people of an organisation"),
    "undertaking.proposed": _("proposed new words of the confidentiality undertaking"),
    "undertaking.dropped": _("dropped proposed words of the confidentiality undertaking"),
    "undertaking.published": _("published new words of the confidentiality undertaking"),
    "undertaking.signed": _("signed the confidentiality undertaking"),
}
