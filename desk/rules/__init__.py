"""Who may do what at the desk. Nothing here decides, reveals, releases or resets: it cannot be asked for."""

from accounts.rulebook import Rule
from desk.rules.alarms import ALARMS, ONLY_ALARMED, answers_for_alarm, sees_alarms
from desk.rules.bills import BILLS
from desk.rules.consents import CONSENTS
from desk.rules.explaining import EXPLAINING
from desk.rules.guides import GUIDES
from desk.rules.inquiries import INQUIRIES
from desk.rules.people import LIVE, ONLY_CLOCK, ONLY_DESK, ONLY_STAFF, S, is_system, sees_queue, takes_calls
from desk.rules.referrals import REFERRALS

__all__ = [
    "LIVE",
    "ONLY_ALARMED",
    "ONLY_CLOCK",
    "ONLY_DESK",
    "ONLY_STAFF",
    "TABLE",
    "S",
    "answers_for_alarm",
    "is_system",
    "sees_alarms",
    "sees_queue",
    "takes_calls",
]

TABLE: dict[str, Rule] = {
    **ALARMS,
    **BILLS,
    **CONSENTS,
    **EXPLAINING,
    **GUIDES,
    **INQUIRIES,
    **REFERRALS,
}
