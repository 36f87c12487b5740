"""
A mail server that is killed: `python -m tests.desk.mailserver PORT FILE`; run by test_receipts_killed.

Each mail is one line of FILE, on the disk before it is accepted: Message-ID and receipt number. Between the line and
the answer it waits a little, so that a kill meets it there too.
"""

import asyncio
import email
import json
import os
import re
import sys
from email import policy
from typing import Any

from aiosmtpd.smtp import SMTP

NUMBER = re.compile(r"C-\d{4}-\d{3}-\d{3}")


class Keeper:
    def __init__(self, path: str) -> None:
        self.file = open(path, "a", encoding="utf-8")  # open until the process is killed

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        message = email.message_from_bytes(envelope.content, policy=policy.default)
        number = NUMBER.search(message.get_content())
        line = {"id": message["Message-ID"], "number": number[0] if number else "", "subject": message["Subject"]}
        self.file.write(json.dumps(line) + "\n")
        self.file.flush()
        os.fsync(self.file.fileno())
        await asyncio.sleep(0.05)
        return "250 OK"


async def serve(port: int, path: str) -> None:
    loop, keeper = asyncio.get_running_loop(), Keeper(path)
    server = await loop.create_server(lambda: SMTP(keeper, hostname="localhost"), "127.0.0.1", port)
    print("listening", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), sys.argv[2]))
