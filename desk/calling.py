"""What a running call leads to. Plain functions: they run inside the transaction of somebody's act."""

from accounts.models import User
from desk.models import Call, Inquiry


def attach(inquiry: Inquiry, *, by: User) -> Call | None:
    """Let the call on which `by` speaks be about `inquiry`, which was taken down in it; return the call.

    None where nobody is on the phone, or where the call is about something already. A call is never led to anything
    else than the caller's own words: what is taken down here, or the receipt number of `go_on_with`.
    """
    rows = Call.objects.running().filter(by=by, inquiry=None)
    found = rows.select_for_update(no_key=True).first()
    if found is not None:
        found.inquiry = inquiry
        found.save(update_fields=["inquiry"])
    return found
