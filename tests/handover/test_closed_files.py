"""The pages that give no bytes lead back to where their reader came from, not to a page that this reader cannot see."""

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from audit.models import Event
from handover import transitions
from handover.models import Blob, Document, Registration
from tests.cast import Cast, actor, sign_in
from tests.handover.mandated import granted
from tests.handover.paper_files import kept
from tests.handover.photographed import written
from tests.stock import NOW, registration

pytestmark = pytest.mark.usefixtures("vault")
WAYS = ("handover:mandated_look", "handover:mandated_paper")
CLOSED: dict[str, tuple[int, dict[str, Any]]] = {
    "waiting": (409, {"status": "waiting"}),
    "infected": (409, {"status": "infected", "finding": "Test"}),
    "erased": (410, {"status": "erased", "erased_at": NOW}),
    "damaged": (503, {}),
}


@pytest.fixture
def made(cast: Cast) -> Document:
    held: Registration = registration(cast.aoba, "R-1", custodian=cast.taro)
    return kept(held, cast.taro, name="契約書.pdf", body=written("Page 1"))


def closed(made: Document, how: str, vault: Path) -> int:
    """Let nothing of the paper be given out any more; returns the status that tells it."""
    status, changes = CLOSED[how]
    if how == "damaged":
        (vault / made.versions.get().blob.name).unlink()
    else:
        Blob.objects.filter(versions__document=made).update(**changes)
    return status


@pytest.mark.parametrize("how", CLOSED)
def test_contractor_is_led_back_to_the_page_of_the_mandate(
    client: Client, cast: Cast, made: Document, vault: Path, how: str
) -> None:
    mandate = granted(cast, "R-1", scope=3, settings=[], representative=cast.worker.email)
    sign_in(client, cast.worker)
    home = reverse("handover:mandated", args=[mandate.number, "R-1"])
    way_in = reverse("handover:mandated_look", args=[mandate.number, "R-1", made.pk, 1])
    assert client.get(way_in).status_code == 200
    status = closed(made, how, vault)
    picture = reverse("handover:mandated_picture", args=[mandate.number, "R-1", made.pk, 1, 1])
    for address in (*(reverse(way, args=[mandate.number, "R-1", made.pk, 1]) for way in WAYS), picture):
        page = client.get(address)
        assert page.status_code == status
        assert f'href="{home}"' in page.content.decode()
        assert f"/papers/{made.pk}/" not in page.content.decode().replace(home, "")
    assert client.get(home).status_code == 200


@pytest.mark.parametrize("how", CLOSED)
def test_customer_is_led_back_to_the_paper(client: Client, cast: Cast, made: Document, vault: Path, how: str) -> None:
    sign_in(client, cast.taro)
    home = reverse("handover:paper", args=[made.pk])
    status = closed(made, how, vault)
    for way in ("handover:look_at_paper", "handover:download_document"):
        page = client.get(reverse(way, args=[made.pk, 1]))
        assert page.status_code == status
        assert f'href="{home}"' in page.content.decode()
    assert client.get(home).status_code == 200


@pytest.mark.parametrize("language", ["ja", "en"])
def test_damaged_certificate_is_told_and_not_a_download(client: Client, cast: Cast, vault: Path, language: str) -> None:
    held = registration(cast.aoba, "R-1", custodian=cast.taro)
    issued = transitions.issue_certificate(registration_pk=held.pk, language="ja", actor=actor(cast.taro), at=NOW)
    (vault / issued.blob.name).unlink()
    sign_in(client, cast.taro)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    page = client.get(reverse("handover:certificate_file", args=[issued.serial]))
    assert page.status_code == 503
    assert page.templates[0].name == "damaged.html"
    assert not Event.objects.filter(verb="certificate.downloaded").exists()
