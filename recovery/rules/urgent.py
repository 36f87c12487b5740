"""Who makes an urgent setting, who confirms it, who takes it back (procedure.md A12)."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import Role
from accounts.persons import is_one_of
from accounts.rulebook import Rule
from recovery.models import Claim, UrgentSetting
from recovery.rules import people

S = UrgentSetting.Status
MOST_DAYS = 30
"""The longest that nobody is reminded of a setting: the protected time after a recovery is as long. Ours."""


def takes_back(actor: Any, setting: Any = None) -> bool:
    """Whoever examines or decides at the provider, also who made it: taking back lets nobody through."""
    return people.works_at_provider(actor, Role.OPERATOR, Role.APPROVER, Role.SENIOR)


def confirms_setting(actor: Any, setting: UrgentSetting) -> bool:
    """Another natural person of those than the one who made it."""
    return takes_back(actor) and not is_one_of(actor.user, [setting.made_by_id])


URGENT: dict[str, Rule] = {
    "make_setting": Rule(
        "setting.made",
        _("Make an urgent setting"),
        people.is_operator,
        _("Only an operator of the provider does this."),
        frozenset(Claim.LINKED),
    ),
    "confirm_setting": Rule(
        "setting.confirmed",
        _("Confirm the setting"),
        confirms_setting,
        _("Another person of the provider confirms it than the one who made it."),
        frozenset({S.MADE}),
    ),
    "reverse_setting": Rule(
        "setting.reversed",
        _("Take the setting back"),
        takes_back,
        _("Only people of the provider who examine or decide take a setting back."),
        frozenset(UrgentSetting.STANDING),
    ),
    "remind_of_setting": Rule(
        "setting.reminded",
        _("Remind of the setting"),
        people.is_clock,
        _("This happens by itself on its date."),
        frozenset(UrgentSetting.STANDING),
    ),
}
