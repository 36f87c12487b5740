"""WSGI entry for gunicorn."""

import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

PRELOAD_AFTER = 4
"""Seconds: the first page comes first, then fonts and key are read, so that nobody waits for the first document."""


def _preload() -> None:
    import structlog
    from django.utils import timezone

    from config.memory import settle
    from handover.printing.preload import preload
    from handover.receipts import issuer
    from handover.signing import signer
    from handover.signing.errors import SigningError

    preload(issuer("ja"))
    try:
        signer.warm(at=timezone.now())
    except SigningError as error:
        structlog.get_logger(__name__).critical("certificates cannot be signed", why=str(error))
    settle()


_later = threading.Timer(PRELOAD_AFTER, _preload)
_later.daemon = True
_later.start()
