"""How a print run of letters is handed out: once, as one PDF, under a name that says which letters it holds."""

from datetime import datetime

import structlog
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone

logger = structlog.get_logger(__name__)


def hand_out(pdf: bytes, numbers: list[str], at: datetime) -> HttpResponse:
    """Return the run as something to save, of the letters called `numbers` and printed at `at`."""
    name = _name(numbers, at)
    _keep_for_newcomers(pdf, name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(pdf, content_type="application/pdf", headers=headers)


def _name(numbers: list[str], at: datetime) -> str:
    """Return a file name: when it was printed, and which letters; of a long run the first and the last."""
    which = numbers if len(numbers) <= 4 else [numbers[0], "to", numbers[-1]]
    return "-".join([f"{timezone.localtime(at):%Y%m%d-%H%M%S}", *which]) + ".pdf"


def _keep_for_newcomers(pdf: bytes, name: str) -> None:
    """Put a copy where mails go as files, while no mail server is set: to follow a journey to its end.

    An installation with a mail server never keeps one: the letters hold codes in clear.
    """
    if settings.EMAIL_CONFIGURED:
        return
    try:
        settings.LETTER_DIR.mkdir(parents=True, exist_ok=True)
        (settings.LETTER_DIR / name).write_bytes(pdf)
    except OSError as error:  # the letters are printed: the PDF must reach the printer whatever the disk says
        logger.warning("no copy of a print run", error=type(error).__name__)
