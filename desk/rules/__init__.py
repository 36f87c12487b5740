"""Who may do what at the desk. Nothing here decides, reveals, releases or resets: it cannot be asked for."""

from accounts.rulebook import Rule
from desk.rules.alarms import ALARMS, ONLY_ALARMED, answers_for_alarm, sees_alarms
from desk.rules.answers import ANSWERS
from desk.rules.bills import BILLS
from desk.rules.calls import CALLS, answers_for_calls, may_take_over, speaks
from desk.rules.checks import CHECKS, ONLY_OPERATOR, calls_back
from desk.rules.consents import CONSENTS
from desk.rules.explaining import EXPLAINING
from desk.rules.guides import GUIDES
from desk.rules.holds import HOLDS, answers_for_promises, prints
from desk.rules.inquiries import INQUIRIES
from desk.rules.letters import LETTERS
from desk.rules.noting import NOTING
from desk.rules.people import LIVE, ONLY_CLOCK, ONLY_DESK, ONLY_STAFF, S, is_system, sees_queue, takes_calls
from desk.rules.referrals import REFERRALS
from desk.rules.sites import ONLY_SITES, SITES, sees_sites
from desk.rules.team import ONLY_LOOKING_AFTER, sees_team
from desk.rules.trust import TRUST, sees_reports
from desk.rules.voice import VOICE

__all__ = [
    "LIVE",
    "ONLY_ALARMED",
    "ONLY_CLOCK",
    "ONLY_DESK",
    "ONLY_LOOKING_AFTER",
    "ONLY_OPERATOR",
    "ONLY_SITES",
    "ONLY_STAFF",
    "TABLE",
    "S",
    "answers_for_alarm",
    "answers_for_calls",
    "answers_for_promises",
    "calls_back",
    "is_system",
    "may_take_over",
    "prints",
    "sees_alarms",
    "sees_queue",
    "sees_reports",
    "sees_sites",
    "sees_team",
    "speaks",
    "takes_calls",
]

TABLE: dict[str, Rule] = {
    **ALARMS,
    **ANSWERS,
    **BILLS,
    **CALLS,
    **CHECKS,
    **CONSENTS,
    **EXPLAINING,
    **GUIDES,
    **HOLDS,
    **INQUIRIES,
    **LETTERS,
    **NOTING,
    **REFERRALS,
    **SITES,
    **TRUST,
    **VOICE,
}
