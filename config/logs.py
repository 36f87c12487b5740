"""Logs: one line per happening, JSON in real use, readable while developing."""

import logging
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

# Whoever reads the log must not be able to use the link of an invitation or of a forgotten password.
_LINKS = re.compile(r"(/(?:invitation|accounts/password/reset/key|accounts/confirm-email|verify)/)[^/\s\"']+")


def hide_links(logger: Any, method: str, entry: MutableMapping[str, Any]) -> dict[str, Any]:
    """Take out of a line what makes an address a key: the token in the path. Errors on such pages log their path."""
    return {name: _LINKS.sub(r"\1...", value) if isinstance(value, str) else value for name, value in entry.items()}


def _tracebacks() -> Any:
    # Without local variables: passwords and tokens pass through many a frame and must never reach a log.
    return structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False))


def configure(options: dict[str, Any]) -> None:
    """Set up the standard library's logging through structlog. `options`: `json` (bool), `level` (name)."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Any] = (
        [_tracebacks(), structlog.processors.JSONRenderer(ensure_ascii=False)]
        if options["json"]
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, hide_links, *last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(options["level"])
    # WeasyPrint and fontTools tell of every table they touch; only their warnings matter to us.
    for noisy in ("weasyprint", "fontTools", "pikepdf", "PIL"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    if not options["json"]:
        # Two lines a mail would push the sign-ins of the demo off the screen.
        logging.getLogger("django_tasks").setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
