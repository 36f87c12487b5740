"""The new persons of a list: named by what is signed, asked to confirm by own accounts. Inside a transition."""

from datetime import datetime

from accounts import claimants, links
from accounts.models import Invitation, InvitationStatus, Membership, Organisation, User
from accounts.queries import find_account
from audit.models import Event
from handover import notices
from outbox import post
from recovery import carrying, covering
from recovery.models import Claim, ClaimLine

R = ClaimLine.Reason


def sign(claim: Claim) -> None:
    """Fix which lines a proposal names: all that are listed now. What is left out later was signed all the same."""
    if claim.is_bulk:
        ClaimLine.objects.filter(claim=claim).update(is_signed=False)
        ClaimLine.objects.listed().filter(claim=claim).update(is_signed=True)


def invite(claim: Claim, *, by: User, event: Event, at: datetime) -> int:
    """Ask each new person who has not confirmed to do so; one mail each, however many lines. Returns how many persons.

    Who has an account at this customer signs in with that; everybody else gets a link to an account without rights.
    An address that has an account elsewhere can get neither: its lines are left out, and say so.
    """
    by_mail: dict[str, list[ClaimLine]] = {}
    for line in covering.lines_of(claim):
        mail = covering.mail_of(line, claim)
        if mail and line.confirmed_at is None:
            by_mail.setdefault(mail, []).append(line)
    asked = 0
    for mail, lines in by_mail.items():
        account = find_account(mail)
        opened = lines[0].invitation and lines[0].invitation.accepted_by
        if account is not None and account == opened:
            continue
        if account is None:
            _send_link(claim, mail, lines, by=by, event=event, at=at)
        elif claim.registration and _belongs(account, claim.registration.organisation):
            ClaimLine.objects.filter(pk__in=[line.pk for line in lines]).update(person=account)
            notices.tell("claim_unit", [account], event=event, at=at, claim=claim, count=len(lines))
        else:
            for line in lines:
                carrying.settle(line, R.ACCOUNT, at=at)
            continue
        asked += 1
    return asked


def _belongs(account: User, organisation: Organisation) -> bool:
    return Membership.objects.current().filter(user=account, organisation=organisation).exists()


def _send_link(claim: Claim, mail: str, lines: list[ClaimLine], *, by: User, event: Event, at: datetime) -> None:
    earlier = [line.invitation_id for line in lines if line.invitation_id]
    Invitation.objects.filter(pk__in=earlier, status=InvitationStatus.SENT).update(
        status=InvitationStatus.WITHDRAWN, closed_at=at
    )
    language = claim.inquiry.language
    name = lines[0].typed["name"]
    invitation, token = claimants.invite(
        number=claim.number, email=mail, display_name=name, language=language, by=by, at=at
    )
    ClaimLine.objects.filter(pk__in=[line.pk for line in lines]).update(invitation=invitation)
    post.mail(
        "claim_unit",
        to=mail,
        language=language,
        context={
            "claim": claim,
            "link": links.link(token),
            "until": invitation.expires_at,
            "count": len(lines),
        },
        event=event,
        recipient=f"invitation:{invitation.pk}",
        at=at,
    )
