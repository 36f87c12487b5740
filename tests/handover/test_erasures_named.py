"""The second person reads what is to go: by its name where it may be read, and by nothing but facts elsewhere."""

import pytest
from django.test import Client
from django.urls import reverse

from handover.models import Document, Registration
from tests.cast import Cast, sign_in
from tests.handover.erased import agreed, held_fast, proposed
from tests.handover.paper_files import kept
from tests.handover.test_erasures_pages import page

pytestmark = pytest.mark.usefixtures("vault")


@pytest.fixture
def document(cast: Cast, held: Registration) -> Document:
    return kept(held, cast.taro, title="山田 花の健康診断", name="山田花.txt")


def test_administrator_agrees_to_a_paper_under_its_name_and_a_link_to_it(cast: Cast, document: Document) -> None:
    erasure = proposed(document, cast.taro)
    hanako = sign_in(Client(), cast.hanako)
    link = f'<a href="{reverse("handover:paper", args=[document.pk])}">山田 花の健康診断</a>'
    for name in ("erasure", "agree_erasure"):
        assert link in page(hanako, name, erasure.pk)
    assert "山田 花の健康診断" in page(hanako, "erasures")
    assert reverse("handover:erasure", args=[erasure.pk]) in page(hanako, "paper", document.pk)


def test_page_of_agreeing_shows_a_customer_no_empty_question(cast: Cast, document: Document) -> None:
    shown = page(sign_in(Client(), cast.hanako), "agree_erasure", proposed(document, cast.taro).pk)
    assert "None" not in shown


def test_who_may_decline_is_not_offered_to_take_it_back_as_well(cast: Cast, document: Document) -> None:
    erasure = proposed(document, cast.taro)
    decline, back = (reverse(f"handover:{name}_erasure", args=[erasure.pk]) for name in ("decline", "withdraw"))
    administrator = page(sign_in(Client(), cast.hanako), "erasure", erasure.pk)
    assert decline in administrator and back not in administrator
    proposer = page(sign_in(Client(), cast.taro), "erasure", erasure.pk)
    assert back in proposer and decline not in proposer


def test_name_goes_with_the_paper_and_with_the_registration(cast: Cast, document: Document) -> None:
    erasure = proposed(document, cast.taro)
    held = document.registration
    Registration.objects.filter(pk=held.pk).update(organisation=cast.wakaba)
    hanako = sign_in(Client(), cast.hanako)
    assert "山田" not in page(hanako, "erasures") and "山田" not in page(hanako, "erasure", erasure.pk)
    Registration.objects.filter(pk=held.pk).update(organisation=held.organisation)
    agreed(erasure, cast.hanako)
    assert "山田" not in hanako.get(reverse("handover:erasures"), {"show": "all"}).content.decode()
    assert "山田" not in page(hanako, "erasure", erasure.pk)


def test_lists_without_a_proposal_say_so_and_proposers_read_the_kind(cast: Cast, document: Document) -> None:
    taro = sign_in(Client(), cast.taro)
    assert "もう一名の承認を待っている提案はありません" in page(taro, "erasures")
    proposed(document, cast.taro)
    assert str(document.get_kind_display()) in page(taro, "erasures")


def test_stub_is_called_in_the_language_of_its_reader_and_no_longer_current(cast: Cast, document: Document) -> None:
    agreed(proposed(document, cast.taro), cast.hanako)
    Document.objects.filter(pk=document.pk).update(title="消去済みの書類")  # as whoever agreed reads it
    hanako = sign_in(Client(), cast.hanako)
    hanako.post(reverse("set_language"), {"language": "en"})
    for name, about in (("paper", document.pk), ("papers", document.registration.number)):
        shown = page(hanako, name, about)
        assert "Erased paper" in shown and "消去済みの書類" not in shown
    stub = page(hanako, "paper", document.pk)
    assert "Current" not in stub and "you are asked why" not in stub


def test_what_is_held_fast_is_not_offered_to_be_erased(cast: Cast, document: Document) -> None:
    taro = sign_in(Client(), cast.taro)
    propose = reverse("handover:propose_erasure", args=[document.pk])
    assert propose in page(taro, "paper", document.pk)
    held_fast(document.registration, cast.hanako)
    assert propose not in page(taro, "paper", document.pk)
