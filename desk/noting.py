"""By what a person is known again, for notes about people. Plain functions."""

from django.utils.crypto import salted_hmac

from accounts.models import same_address
from desk.models import Statement
from handover.folding import find_phone


def prints(statement: Statement) -> dict[str, str]:
    """Return the keyed prints of the mail address and the direct number in `statement`, "" where there is none.

    Two ways of writing one address or number give one print.
    """
    phone = statement.own_phone.strip()
    return {
        "mail_print": _print("mail", same_address(statement.mail)),
        "phone_print": _print("phone", find_phone(phone) or phone),
    }


def _print(kind: str, value: str) -> str:
    return salted_hmac("desk.person", f"{kind}:{value}", algorithm="sha256").hexdigest() if value else ""
