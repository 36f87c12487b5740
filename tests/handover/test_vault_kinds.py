"""Names of papers and the words of refusals."""

import pytest

from handover.vault.kinds import MAX_NAME, MAX_NAME_BYTES, REFUSALS, clean_name


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("見積書.pdf", "見積書.pdf"),
        ("..\\..\\C:\\a\\契約.pdf", "契約.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\u202efdp.exe.pdf", "afdp.exe.pdf"),
        ("a\x00\r\nb\u2028.pdf", "ab.pdf"),
        ("ガ.pdf".replace("ガ", "カ\u3099"), "ガ.pdf"),
        ("\ufa19戸.pdf", "\ufa19戸.pdf"),
        ("葛\U000e0100城.pdf", "葛\U000e0100城.pdf"),
        ('a<b>"c".pdf', "a_b__c_.pdf"),
        (" . .pdf", "file.pdf"),
        ("", "file"),
        ("...", "file"),
    ],
)
def test_holder_uploads_odd_name_is_kept_clean(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


def test_holder_uploads_long_name_keeps_its_ending() -> None:
    for stem in ("a" * 5000, "漢" * 5000, "𠮷" * 5000):
        name = clean_name(stem + ".pdf")
        assert name.endswith(".pdf") and len(name) <= MAX_NAME and len(name.encode()) <= MAX_NAME_BYTES


def test_every_refusal_names_its_own_code() -> None:
    assert all(refusal.code == code for code, refusal in REFUSALS.items())
