"""The progress letter: where the case stands, on paper, for showing at work."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import tallies
from accounts.asking import Request
from handover.printing.progress_letter import progress_pdf
from recovery.models import Claim
from recovery.queries.progress_letter import letter_of
from recovery.views.public_case import AN_HOUR, of_case

MOST_LETTERS = 10
"""Letters made for one case in an hour: each is work for the printer."""


@of_case
def progress_letter(request: Request, claim: Claim) -> HttpResponse:
    """Answer with the letter as PDF, in the reader's language."""
    if not tallies.charge(f"progress:claim:{claim.pk}", limit=MOST_LETTERS, period=AN_HOUR, at=request.at):
        messages.warning(request, _("This was made many times. Please go on in the next hour."))
        return redirect("recovery:case")
    language = "en" if (get_language() or "ja").startswith("en") else "ja"
    answer = HttpResponse(progress_pdf(letter_of(claim, language, request.at)), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{claim.number}-{language}.pdf"'
    return answer
