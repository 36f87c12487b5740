"""WSGI entry for gunicorn."""

import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

PRELOAD_AFTER = 4
"""Seconds: the first page comes first, then the fonts are read, so that nobody waits for the first document."""


def _preload() -> None:
    from handover.printing.preload import preload
    from handover.receipts import issuer

    preload(issuer("ja"))


_later = threading.Timer(PRELOAD_AFTER, _preload)
_later.daemon = True
_later.start()
