"""
Asking ClamAV's daemon whether bytes are malware, over its own protocol: the file goes in pieces through a socket.

The daemon runs beside the portal or inside its network; papers reach it in clear, so nowhere else. It keeps what it
is sent in its temporary folder for as long as it looks (docs/operation.md: put that folder into memory).
"""

import socket
import struct
import time
from collections.abc import Iterable
from contextlib import closing

PIECE = struct.Struct(">I")
LONGEST_ANSWER = 4096  # bytes; an answer is one line
FOUND, FINE = b" FOUND", b": OK"


class Unavailable(Exception):
    """The scanner gave no answer that counts: not there, too slow, cut off, or an error of its own."""


def is_address(address: str) -> bool:
    """Whether `address` is written as "unix:/path" or "tcp:host:port"; whether anybody listens there is not asked."""
    kind, _, place = address.partition(":")
    host, _, port = place.rpartition(":")
    is_port = port.isascii() and port.isdigit() and 0 < int(port) < 65536
    return place.startswith("/") if kind == "unix" else kind == "tcp" and bool(host) and is_port


def scan(blocks: Iterable[bytes], *, address: str, seconds: float) -> str:
    """Return the scanner's name for the malware in `blocks`, "" when it found none.

    `address` is "unix:/path" or "tcp:host:port"; `seconds` is for the whole. Raises `Unavailable` for whatever is not
    a plain yes or no: a file counts as looked at only when the scanner said so.
    """
    deadline = time.monotonic() + seconds
    try:
        with closing(_connect(address, seconds)) as line:
            _send(line, blocks, deadline)
            return _finding(_answer(line, deadline))
    except OSError as error:
        raise Unavailable(type(error).__name__) from error


def version(*, address: str, seconds: float) -> str:
    """Return what the scanner says of itself: engine, number and date of its signatures. Raises `Unavailable`."""
    deadline = time.monotonic() + seconds
    try:
        with closing(_connect(address, seconds)) as line:
            line.sendall(b"zVERSION\0")
            return _answer(line, deadline).decode("ascii", "replace")
    except OSError as error:
        raise Unavailable(type(error).__name__) from error


def _connect(address: str, seconds: float) -> socket.socket:
    if not is_address(address):
        raise Unavailable("address")
    kind, _, place = address.partition(":")
    if kind == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(seconds)
        try:
            line.connect(place)
        except BaseException:
            line.close()
            raise
        return line
    host, _, port = place.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)


def _send(line: socket.socket, blocks: Iterable[bytes], deadline: float) -> None:
    try:
        line.sendall(b"zINSTREAM\0")
        for block in blocks:
            _wait(line, deadline)
            line.sendall(PIECE.pack(len(block)) + block)
        line.sendall(PIECE.pack(0))
    except (BrokenPipeError, ConnectionResetError):
        # It stops listening to what is larger than its limit, and has said so already.
        return


def _answer(line: socket.socket, deadline: float) -> bytes:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
        _wait(line, deadline)
        piece = line.recv(LONGEST_ANSWER)
        if not piece:
            raise Unavailable("cut off")
        answer += piece
    return answer.rstrip(b"\0\n")


def _wait(line: socket.socket, deadline: float) -> None:
    """Let no single step take longer than what is left of the whole."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise Unavailable("TimeoutError")
    line.settimeout(left)


def _finding(answer: bytes) -> str:
    text = answer.removeprefix(b"stream: ")
    if text.endswith(FOUND):
        return text.removesuffix(FOUND).decode("ascii", "replace")[:120] or "malware"
    if answer.endswith(FINE):
        return ""
    raise Unavailable("answer")
