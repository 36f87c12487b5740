"""Time stamps of a service that speaks RFC 3161, asked over http within fixed bounds."""

from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper

from handover.signing.errors import KeyUnusable, TimestampMissing

SECONDS = 10
LARGEST = 24 << 10  # bytes; answers with three certificates have about 6 KiB


class Service(TimeStamper):
    """The configured service: asked once a signature, no redirects. pyHanko compares nonce and status."""

    def __init__(self, address: str) -> None:
        super().__init__(include_nonce=True)
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise KeyUnusable("TIMESTAMP_URL must be the http(s) address of a time-stamp service")
        self.connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self.host, self.port = parts.hostname, parts.port
        self.path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Send one request and return the answer, which is about what was asked. Raises `TimestampMissing`."""
        kind, data = self._ask(req.dump())
        if kind != "application/timestamp-reply" or len(data) > LARGEST:
            raise TimestampMissing("the time-stamp service answered something else than a time stamp")
        try:
            answer = tsp.TimeStampResp.load(data)
            granted = answer["status"]["status"].native == "granted"
            content = answer["time_stamp_token"]["content"]["encap_content_info"]["content"] if granted else None
            about = content.parsed["message_imprint"].dump() if content is not None else b""
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise TimestampMissing("the time-stamp service answered something unreadable") from error
        if not granted:
            raise TimestampMissing("the time-stamp service refused to stamp")
        if about != req["message_imprint"].dump():
            raise TimestampMissing("the time stamp is about something else than what was sent")
        return answer

    def _ask(self, body: bytes) -> tuple[str, bytes]:
        connection = self.connect(self.host, self.port, timeout=SECONDS)
        try:
            connection.request("POST", self.path, body, {"Content-Type": "application/timestamp-query"})
            answer = connection.getresponse()
            if answer.status != 200:
                raise TimestampMissing(f"the time-stamp service answered {answer.status}")
            return answer.headers.get_content_type(), answer.read(LARGEST + 1)
        except (OSError, HTTPException) as error:
            raise TimestampMissing(f"the time-stamp service does not answer ({type(error).__name__})") from error
        finally:
            connection.close()
