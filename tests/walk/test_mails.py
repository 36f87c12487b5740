"""What stands in mails: links to our own origin, without anything secret in the query, that change nothing."""

import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings

from handover import transitions
from handover.models import Registration
from outbox.models import Notice
from tests.cast import actor
from tests.letterbox import mails
from tests.stock import NOW
from tests.walk.walking import Walk, undone

pytestmark = pytest.mark.django_db

LINK = re.compile(r"https?://[^\s<>\"」）]+")


def test_every_link_leads_to_our_origin_and_carries_no_query(walk: Walk) -> None:
    found = [(mail["template"], link) for mail in mails() for link in LINK.findall(mail["subject"] + mail["body"])]
    assert {"handover_offered", "handover_switched", "invitation"} <= {template for template, _link in found}
    for template, link in found:
        parts = urlsplit(link)
        assert f"{parts.scheme}://{parts.netloc}" == settings.PUBLIC_ORIGIN, (template, link)
        assert (parts.query, parts.fragment) == ("", ""), (template, link)


def test_japanese_is_followed_by_no_narrow_colon(walk: Walk) -> None:
    found = [(mail["template"], mail["subject"] + mail["body"]) for mail in mails()]
    assert found
    assert not [(template, hit) for template, text in found for hit in re.findall(r".*[ぁ-んァ-ヶ一-龠）」]: .*", text)]


def test_opening_a_link_changes_nothing_whoever_opens_it(walk: Walk) -> None:
    """Mail scanners open every link before the reader does."""
    links = {urlsplit(link).path for mail in mails() for link in LINK.findall(mail["body"])}
    assert len(links) > 3
    for path in links:
        for role in ("anonymous", "administrator", "custodian", "successor", "former"):
            assert walk.ask(role, "get", path).did in ("", "looked"), (role, path)


def test_mails_of_a_handover_name_no_secret_and_no_contact_point(walk: Walk) -> None:
    """A mail is read by more eyes than the page it leads to."""
    for mail in mails():
        text = mail["subject"] + mail["body"]
        assert "record.example" not in text, mail["template"]
        assert "03-1234-5678" not in text and "0312345678" not in text, mail["template"]
        assert "correct horse" not in text, mail["template"]
        if mail["template"] not in ("invitation", "claim_approved", "activation_mailbox"):
            # 22 letters and more in a row are a token.
            assert not re.search(r"[A-Za-z0-9_-]{22,}", text), mail["template"]


def test_code_of_a_recovery_kit_is_in_no_mail_and_no_row(walk: Walk) -> None:
    custodian = walk.world.cast.taro
    with undone():
        number = walk.world.addresses["handover:recovery_kit"][0]
        registration = Registration.objects.get(number=number)
        _kit, code = transitions.make_recovery_kit(registration_pk=registration.pk, actor=actor(custodian), at=NOW)
        assert len(code) > 8
        assert not [mail for mail in mails() if code in mail["body"]]
        assert not [row for row in Notice.objects.all() if code.encode() in bytes(row.payload or b"")]
