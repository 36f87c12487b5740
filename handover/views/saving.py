"""How a file is handed to a browser that must do nothing with it but save it."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header


def to_save(
    pieces: Iterable[bytes], file_name: str, content_type: str, *, size: int | None = None
) -> StreamingHttpResponse:
    """Answer with `pieces` as a file: no browser may show it, run it, keep it or guess its type.

    Strangers sent some of them. `size` is in bytes, None where it is not known before the last piece.
    """
    headers = {
        "Content-Disposition": content_disposition_header(True, file_name) or "attachment",
        **({} if size is None else {"Content-Length": str(size)}),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingHttpResponse(pieces, content_type=content_type, headers=headers)
