"""What people read around keeping a paper: one reason and what to do, a second look at photographs, where they are."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from handover.models import Registration
from handover.vault.inspect import inspect
from handover.vault.kinds import REFUSALS
from tests.cast import Cast, sign_in
from tests.handover.paper_files import kept
from tests.handover.test_papers_photographed import photos, sent
from tests.handover.test_vault_inspect import PDF

pytestmark = pytest.mark.usefixtures("vault")
LOOK = "写真から作成したPDFを"


def test_download_that_broke_off_is_called_damaged_and_nothing_worse(tmp_path: Path) -> None:
    file = tmp_path / "cut.pdf"
    file.write_bytes(PDF[: len(PDF) // 2])
    assert inspect(file, "cut.pdf").codes == ("damaged",)


def test_advice_follows_the_reason_as_the_language_writes_sentences() -> None:
    with override("ja"):
        assert "。 " not in REFUSALS["empty"].words and REFUSALS["empty"].words.endswith("。")
    with override("en"):
        assert ". " in REFUSALS["empty"].words


def test_whoever_photographed_a_paper_is_asked_to_look_at_what_became_of_it(
    cast: Cast, held: Registration, client: Client
) -> None:
    sign_in(client, cast.taro)
    adding = reverse("handover:add_document", args=[held.number])
    for many, asked in ((2, True), (1, False)):
        answer = sent(client, adding, photos(many), title=f"{many}枚")
        assert (LOOK in client.get(answer.headers["Location"]).content.decode()) is asked
    newer = sent(client, reverse("handover:add_version", args=[kept(held, cast.taro).pk]), photos(2))
    assert LOOK in client.get(newer.headers["Location"]).content.decode()


def test_pages_of_a_paper_belong_to_the_registrations(cast: Cast, held: Registration, client: Client) -> None:
    sign_in(client, cast.taro)
    here = f'<a href="{reverse("handover:registrations")}" aria-current="page">'
    made = kept(held, cast.taro)
    for name in ("paper", "add_version", "propose_erasure"):
        assert here in client.get(reverse(f"handover:{name}", args=[made.pk])).content.decode()
    assert here not in client.get(reverse("accounts:people")).content.decode()
