"""People in real browsers: Chromium, the real server, the real worker, a real mail server, and a clock that the test
moves."""

import shutil
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.core.management import call_command
from django.test import Client
from playwright.sync_api import APIResponse, Browser, BrowserContext, ConsoleMessage, Locator, Page, Response

from accounts.models import User
from tests.cast import PASSWORD, TOTP_SECRET, sign_in, totp_code
from tests.stock import NOW

# Says what the browser stopped, in the one place where the test listens.
LISTEN = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""


@pytest.fixture(autouse=True)
def needs_chromium() -> None:
    if not any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")):
        pytest.skip("THERE IS NO CHROMIUM ON THIS MACHINE: no page was tried in a browser")


# Time and background work -------------------------------------------------------------------------------------------
@dataclass
class Clock:
    """The one clock of server, worker and test. It goes on by itself; the test moves it ahead."""

    traveller: Any

    def ahead(self, **much: float) -> None:
        """Move ahead by `timedelta(**much)`."""
        self.traveller.move_to(datetime.now().astimezone() + timedelta(**much))


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(NOW, tick=True) as traveller:
        yield Clock(traveller)


@pytest.fixture
def work() -> Callable[[], None]:
    """Do what is due now, by the command that does it in real use."""
    return lambda: call_command("work", "--once", verbosity=0)


def shown_code(secret: str = TOTP_SECRET) -> str:
    """Return the code that an authenticator app shows, one that does not change while it is being typed in."""
    left = 30 - time.time() % 30
    if left < 6:
        time.sleep(left)
    return totp_code(secret)


class Letterbox:
    """What arrived at the mail server."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        mail = message_from_bytes(envelope.content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"

    def to(self, whom: User | str) -> list[EmailMessage]:
        """Return the mails to a person or an address, oldest first."""
        address = whom if isinstance(whom, str) else whom.email
        return [mail for mail in self.mails if mail["To"] == address]

    def about(self, words: str, whom: User | str) -> EmailMessage:
        """Return the newest mail to somebody that has `words` in its subject or text.

        The clock sends mails of its own on its way (attestations, the season), so the newest may be any of those.
        """
        found = [mail for mail in self.to(whom) if words in f"{mail['Subject']}\n{mail.get_content()}"]
        assert found, f"{words!r} is in none of {[mail['Subject'] for mail in self.to(whom)]}"
        return found[-1]


@pytest.fixture
def letterbox(settings: Any) -> Iterator[Letterbox]:
    """A mail server on this machine, which the portal is set up to use."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    box = Letterbox()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    yield box
    server.stop()


# Browsers -----------------------------------------------------------------------------------------------------------
@dataclass
class Visitor:
    """Somebody with a browser of their own."""

    page: Page
    origin: str
    complaints: list[str] = field(default_factory=list)

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def go(self, path: str) -> Response:
        """Open a path of the portal, or a whole address from a mail."""
        response = self.page.goto(path if path.startswith("http") else self.origin + path)
        assert response is not None
        return response

    def press(self, selector: str) -> None:
        """Press a button or link in the page's own part and wait for what follows."""
        self.main.locator(selector).first.click()
        self.page.wait_for_load_state()

    def submit(self, label: str = "button[type=submit]") -> None:
        """Send the page's own form."""
        self.press(f"form[method=post] {label}")

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    @property
    def text(self) -> str:
        return self.page.locator("body").inner_text()

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.origin)

    def links(self) -> set[str]:
        """Return where links and forms of the page's own part lead."""
        marked = self.main.locator("a[href], form[action]")
        return {str(value) for value in marked.evaluate_all("e => e.map(x => x.getAttribute('href') || x.action)")}

    def download(self, selector: str) -> bytes:
        """Press what leads to a file and return the file."""
        with self.page.expect_download() as waiting:
            self.main.locator(selector).first.click()
        with open(waiting.value.path(), "rb") as file:
            return file.read()

    def fetch(self, path: str) -> APIResponse:
        """Ask for a path beside the page, for comparing status, headers and bytes."""
        return self.context.request.get(self.origin + path, max_redirects=0)

    def post(self, path: str, data: dict[str, str] | None = None) -> int:
        """Send a form that no page offers, as somebody who knows the address would. Returns the status."""
        cookies = {cookie["name"]: cookie["value"] for cookie in self.context.cookies()}
        if "csrf" not in cookies:
            self.go("/")
            cookies = {cookie["name"]: cookie["value"] for cookie in self.context.cookies()}
        answer = self.context.request.post(
            self.origin + path, form=data or {}, headers={"X-CSRFToken": cookies["csrf"]}, max_redirects=0
        )
        return answer.status

    def sign_in(self, user: User) -> None:
        """Fill in the sign-in form that stands there, and the second step where there is one."""
        self.page.fill("[name=login]", user.email)
        self.page.fill("[name=password]", PASSWORD)
        self.page.locator("main form", has=self.page.locator("[name=password]")).locator("[type=submit]").click()
        self.page.wait_for_load_state()
        if "/2fa/authenticate/" in self.page.url:
            self.page.fill("[name=code]", shown_code())
            self.page.locator("main form", has=self.page.locator("[name=code]")).locator("[type=submit]").first.click()
            self.page.wait_for_load_state()

    def is_signed_in(self, user: User, *, fresh: bool = True) -> "Visitor":
        """Have a session as a real sign-in leaves it, without the form."""
        client = sign_in(Client(), user, fresh=fresh)
        self.context.add_cookies(
            [{"name": "session", "value": client.cookies["session"].value, "url": self.origin, "httpOnly": True}]
        )
        return self

    def speaks(self, language: str) -> "Visitor":
        """Have pressed the language switch some time ago."""
        self.context.add_cookies([{"name": "language", "value": language, "url": self.origin}])
        return self


Newcomer = Callable[..., Visitor]


@pytest.fixture
def newcomer(browser: Browser, live_server: Any, settings: Any, browser_context_args: dict[str, Any]) -> Iterator[Any]:
    """Give a new visitor. `width` in CSS pixels. What the browser complains about fails the test at its end."""
    settings.PUBLIC_ORIGIN = live_server.url
    visitors: list[Visitor] = []

    def come(*, width: int = 1280, javascript: bool = True) -> Visitor:
        context = browser.new_context(
            **{**browser_context_args, "viewport": {"width": width, "height": 900}, "java_script_enabled": javascript}
        )
        context.set_default_timeout(30_000)
        context.add_init_script(LISTEN)
        visitor = Visitor(context.new_page(), live_server.url)
        listen(visitor)
        visitors.append(visitor)
        return visitor

    yield come
    complaints = [complaint for visitor in visitors for complaint in visitor.complaints]
    for visitor in visitors:
        visitor.context.close()
    assert complaints == []


def listen(visitor: Visitor) -> None:
    """Collect errors of scripts, of the content security policy, and of the server."""

    def console(message: ConsoleMessage) -> None:
        # A refusal with its page (404, 409 …) is told here too; the tests look at those themselves.
        refused = message.text.startswith("Failed to load resource") and "status of 4" in message.text
        if message.type == "error" and not refused:
            visitor.complaints.append(f"{visitor.page.url}: {message.text}")

    visitor.page.on("console", console)
    visitor.page.on("pageerror", lambda error: visitor.complaints.append(f"{visitor.page.url}: {error}"))
