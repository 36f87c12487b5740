"""What is turned away at the door."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from handover.vault import store
from handover.vault.store import Draft
from tests.cast import Cast, sign_in

TOKEN = "a-token"


@pytest.mark.parametrize("path", ["/verify/%00/", "/invitation/a%00b/", "/registrations/?q=%00", "/?next=a%00", "/%00"])
@pytest.mark.parametrize("signed_in", [True, False])
def test_zero_byte_in_an_address_is_a_plain_400(client: Client, cast: Cast, path: str, signed_in: bool) -> None:
    if signed_in:
        sign_in(client, cast.taro)
    answer = client.get(path)
    assert answer.status_code == 400
    assert "<h1>" in answer.content.decode() and "Content-Security-Policy" in answer


@pytest.mark.django_db
def test_zero_byte_in_a_cookie_is_a_plain_400(client: Client) -> None:
    assert client.get("/", headers={"cookie": 'session="abcdefgh\\000"'}).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize("token", ["ひみつ", "sécret", "a-tokem", ""])
def test_scraper_with_a_wrong_token_in_any_script_finds_nothing(client: Client, settings: Any, token: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    given = f"Bearer {token}".encode().decode("latin-1")
    assert client.get("/metrics", HTTP_AUTHORIZATION=given).status_code == 404
    assert client.get("/metrics", HTTP_AUTHORIZATION=f"Bearer {TOKEN}").status_code == 200


@pytest.fixture
def drafts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count what is written into drafts, which go again at the end of a request."""
    written: list[int] = []
    write = Draft.write

    def counting(self: Draft, data: bytes) -> Any:
        written.append(len(data))
        return write(self, data)

    monkeypatch.setattr(Draft, "write", counting)
    return written


def send(client: Client, path: str) -> Any:
    return client.post(path, {"file": SimpleUploadedFile("a.txt", b"x" * 100_000), "by_file": "1", "login": "a"})


@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/people/", "/registrations/R-1/papers/add/", "/not-here/"])
@pytest.mark.parametrize("checks", [True, False])
def test_stranger_writes_no_file_anywhere(cast: Cast, drafts: list[int], path: str, checks: bool) -> None:
    answer = send(Client(enforce_csrf_checks=checks), path)
    assert answer.status_code in {200, 302, 403, 404, 405}
    assert drafts == []
    assert not store.folder().exists() or not list(store.folder().iterdir())


def test_stranger_checks_a_certificate_by_its_file(cast: Cast, drafts: list[int]) -> None:
    assert send(Client(), "/verify/").status_code == 200
    assert sum(drafts) == 100_000


def test_stranger_has_one_file_on_our_disk_however_many_are_sent(cast: Cast, drafts: list[int]) -> None:
    files = [SimpleUploadedFile(f"{number}.pdf", b"x" * 100_000) for number in range(39)]
    answer = Client().post("/verify/", {"file": files, "other": SimpleUploadedFile("a.pdf", b"x"), "by_file": "1"})
    assert (answer.status_code, answer.context["answer"].state) == (200, "unknown")
    assert sum(drafts) == 100_000


def test_signed_in_person_sends_files(client: Client, cast: Cast, drafts: list[int]) -> None:
    send(sign_in(client, cast.taro), "/accounts/profile/")
    assert sum(drafts) == 100_000
