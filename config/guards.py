"""What is turned away at the door, before anything reads or keeps it."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.views.defaults import bad_request

from handover.vault.upload import EncryptingUploadHandler
from recovery import marks

Handler = Callable[[HttpRequest], HttpResponse]
TAKES_FILES_OF_STRANGERS = frozenset({"/verify/"})
"""Where anybody may send a file: to have a certificate checked."""
TAKES_FILES_OF_A_CASE = frozenset({"/recover/case/papers/"})
"""Where somebody may send a file whose browser has a case open, by receipt number and tracking code."""


class NulMiddleware:
    """Answer 400 to a zero byte in path, query or cookie: nobody types one, and PostgreSQL takes none in a text."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        query = request.META.get("QUERY_STRING", "")
        texts = (request.path_info, query, *request.COOKIES.keys(), *request.COOKIES.values())
        if "%00" in query or any("\0" in text for text in texts):
            return bad_request(request, BadRequest())
        return self.get_response(request)


class UploadMiddleware:
    """Take files from signed-in people, on a case's page from its inquirer, on the certificates' page from anybody.

    Elsewhere a stranger's files are read past and kept nowhere: any POST is parsed for its token, before it is known
    whether the page wants files or the sender may see it. Stands behind the middleware that sets `request.actor`.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if request.path_info in TAKES_FILES_OF_STRANGERS:
            request.upload_handlers = [OneFile(request)]
        elif request.actor is None and not _takes_files(request):
            request.upload_handlers = [NoFiles(request)]
        return self.get_response(request)


def _takes_files(request: Any) -> bool:
    return request.path_info in TAKES_FILES_OF_A_CASE and marks.read(request.session, at=request.at) is not None


class OneFile(EncryptingUploadHandler):
    """Takes the first file and lets the others go by: what strangers may have on our disk at once."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Skip the file that begins unless it is the first."""
        if self._count:
            raise SkipFile
        super().new_file(*args, **kwargs)


class NoFiles(FileUploadHandler):
    """Lets every file go by."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Skip the file that begins."""
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Keep nothing."""

    def file_complete(self, file_size: int) -> None:
        """Nothing has arrived."""
