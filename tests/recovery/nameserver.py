"""A name server of the test's own, on this machine: real questions and answers over UDP."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@contextmanager
def nameserver(records: dict[str, list[str]], *, fails: bool = False) -> Iterator[tuple[str, list[str]]]:
    """Answer TXT questions from `records` (name without the last dot -> values) while the block runs.

    Yields "host:port" and the list of names that were asked. `fails`: answers every question with SERVFAIL.
    """
    asked: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        door.settimeout(0.1)
        over = threading.Event()

        def serve() -> None:
            while not over.is_set():
                try:
                    wire, sender = door.recvfrom(4096)
                except TimeoutError:
                    continue
                question = dns.message.from_wire(wire)
                name = question.question[0].name
                asked.append(name.to_text(omit_final_dot=True))
                answer = dns.message.make_response(question)
                answer.flags |= dns.flags.RA
                values = records.get(asked[-1], [])
                if fails:
                    answer.set_rcode(dns.rcode.SERVFAIL)
                elif values:
                    texts = [f'"{value}"' for value in values]
                    answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", *texts))
                else:
                    answer.set_rcode(dns.rcode.NXDOMAIN)
                door.sendto(answer.to_wire(), sender)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"127.0.0.1:{door.getsockname()[1]}", asked
        finally:
            over.set()
            thread.join()
