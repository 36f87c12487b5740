"""What the check page says to whoever typed a code and to whoever showed a file: what it can know, and what next."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from handover import documents, transitions
from handover.models import Certificate, Registration
from handover.printing.merging import merged
from tests.cast import Cast, actor
from tests.stock import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("vault")]


@pytest.fixture
def made(cast: Cast, held: Registration) -> Certificate:
    return transitions.issue_certificate(registration_pk=held.pk, language="ja", actor=actor(cast.taro), at=NOW)


def shown(data: bytes) -> str:
    file = SimpleUploadedFile("a.pdf", data, "application/pdf")
    return words(Client().post("/verify/", {"file": file, "by_file": "1"}))


def words(response: HttpResponse) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_file_of_ours_is_answered_for_as_a_file_and_with_its_hour(made: Certificate) -> None:
    page = shown(documents.read_bytes(made.blob))
    assert "完全に一致します" in page and "お手元の証明書と" not in page
    assert page.count("現在の状態です") == 1 and 'class="button secondary"' in page


def test_code_of_ours_asks_to_compare_with_the_paper(made: Certificate) -> None:
    page = words(Client().get(f"/verify/{made.check_code}/"))
    assert "お手元の証明書と" in page and "完全に一致します" not in page and "現在の状態です" in page


def test_file_for_printing_is_told_apart_from_a_forgery(made: Certificate) -> None:
    """Its pages show a genuine certificate, so the answer must not say that there is none like it."""
    printing = b"".join(merged([documents.read_bytes(made.blob)], title="J-1", made_at=NOW))
    page = shown(BytesIO(printing).read())
    assert "当社が発行したファイルではありません" in page and "印刷用のファイル" in page
    assert "この照合番号の証明書は発行していません" not in page
    assert "現在の状態です" not in page and 'class="button secondary"' not in page


def test_unknown_code_says_what_to_do_when_it_stays_unknown() -> None:
    page = words(Client().get("/verify/222222222222/"))
    assert "この照合番号の証明書は発行していません" in page and "信用せず" in page
    assert "印刷用のファイル" not in page
