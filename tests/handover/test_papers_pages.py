"""Pages of papers: what they show and cost, uploads as browsers send them, and who is turned away how."""

import re
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from handover import custody, documents
from handover.models import Blob, Custody, Deputy, Document, LookReason, Registration
from handover.queries.papers import expiry
from handover.vault.kinds import REFUSALS
from tests import seen
from tests.cast import Cast, sign_in
from tests.handover.paper_files import MORE, SVG, TEXT, kept, pdf, stored
from tests.stock import offered, registration

pytestmark = pytest.mark.usefixtures("vault")
TODAY = date(2026, 11, 20)
MIB = 1024 * 1024


def filled(client: Client, page: str, **other: Any) -> dict[str, Any]:
    """Return what a browser would send of the form on `page`: its token and a good file, changed by `other`."""
    token = re.search(r'name="token" value="([0-9a-f-]{36})"', client.get(page).content.decode())
    assert token
    given = {"token": token[1], "paper": SimpleUploadedFile("契約書.txt", TEXT)}
    if page.endswith("/add/"):
        given |= {"kind": "contract", "title": "利用契約書 本紙", "expires_on": "", "original_at": "B-12"}
    return given | other


def add_page(held: Registration) -> str:
    return reverse("handover:add_document", args=[held.number])


def test_custodian_keeps_a_paper_and_a_second_press_leads_to_it(cast: Cast, held: Registration, client: Client) -> None:
    sign_in(client, cast.taro)
    given = filled(client, add_page(held))
    first = client.post(add_page(held), given)
    made = Document.objects.get(title="利用契約書 本紙")
    own = reverse("handover:paper", args=[made.pk])
    assert (first.status_code, first["Location"]) == (302, own)
    second = client.post(add_page(held), given | {"paper": SimpleUploadedFile("契約書.txt", TEXT)})
    assert (second.status_code, second["Location"]) == (302, own)
    assert Document.objects.filter(title="利用契約書 本紙").count() == 1
    shown = client.get(own).content.decode()
    assert made.versions.get().blob.sha256 in shown
    assert "契約書.txt" in shown


def test_custodian_keeps_a_version_and_changes_details(cast: Cast, held: Registration, client: Client) -> None:
    made = kept(held, cast.taro)
    sign_in(client, cast.taro)
    page = reverse("handover:add_version", args=[made.pk])
    given = filled(client, page, paper=SimpleUploadedFile("改定.txt", MORE), expires_on="2027-03-31")
    assert client.post(page, given).status_code == 302
    assert [documents.read_bytes(each.blob) for each in made.versions.order_by("number")] == [TEXT, MORE]
    page = reverse("handover:change_document", args=[made.pk])
    assert 'value="2027-03-31"' in client.get(page).content.decode()
    assert client.post(page, {"title": "覚書", "expires_on": "", "original_at": ""}).status_code == 302
    again = client.post(page, {"title": "覚書", "expires_on": "", "original_at": ""})
    assert again.status_code == 200 and again.context["form"].errors
    made.refresh_from_db()
    assert (made.title, made.expires_on) == ("覚書", None)


REFUSED = [
    ("図面.png", SVG, "mismatch"),
    ("図面.svg", SVG, "kind_web"),
    ("契約書.pdf", pdf(password="秘密"), "pdf_password"),
    ("全部.txt", b"a" * (26 * MIB), "too_large"),
    ("空.txt", b"", "empty"),
]


@pytest.mark.parametrize(("name", "content", "code"), REFUSED, ids=[code for _, _, code in REFUSED])
@pytest.mark.parametrize("kind", ["new", "version"])
def test_refused_file_gets_reason_and_advice_and_changes_nothing(
    cast: Cast, held: Registration, vault: Path, client: Client, kind: str, name: str, content: bytes, code: str
) -> None:
    made = kept(held, cast.taro)
    sign_in(client, cast.taro)
    page = add_page(held) if kind == "new" else reverse("handover:add_version", args=[made.pk])
    left, before = stored(vault), seen.mark()
    response = client.post(page, filled(client, page, paper=SimpleUploadedFile(name, content)))
    assert response.status_code == 200
    refusal = REFUSALS[code]
    assert response.context["form"].errors["paper"] == [refusal.words]
    assert (stored(vault), seen.verbs(before), Blob.objects.count()) == (left, [], 1)
    response.close()
    assert [path.name for path in vault.iterdir() if path.suffix == ".part"] == []


def test_password_notice_is_explained_where_it_was_chosen(
    cast: Cast, held: Registration, vault: Path, client: Client
) -> None:
    sign_in(client, cast.hanako)
    response = client.post(add_page(held), filled(client, add_page(held), kind="password_notice"))
    assert response.context["form"].errors.keys() == {"kind"}
    assert (stored(vault), Blob.objects.count()) == ([], 0)


def test_form_without_its_token_is_asked_to_be_opened_again(cast: Cast, held: Registration, client: Client) -> None:
    sign_in(client, cast.taro)
    for token in ("", "x", "1" * 50):
        response = client.post(add_page(held), filled(client, add_page(held), token=token))
        assert response.context["form"].errors.keys() == {"token"}
    assert Blob.objects.count() == 0


@pytest.mark.parametrize(
    ("ends_on", "state"),
    [
        (None, ""),
        (date(2026, 11, 19), "expired"),
        (TODAY, "soon"),
        (date(2026, 12, 20), "soon"),
        (date(2026, 12, 21), "valid"),
    ],
)
def test_expiry_counts_the_last_day_and_thirty_days_ahead(ends_on: date | None, state: str) -> None:
    assert expiry(ends_on, TODAY) == state


@pytest.mark.parametrize("count", [1, 3])
def test_pages_cost_the_same_with_one_and_three_rows(
    cast: Cast, held: Registration, client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        made = kept(held, cast.taro, title=f"書類{number}")
    sign_in(client, cast.taro)
    page = reverse("handover:add_version", args=[made.pk])
    for _ in range(count):
        assert client.post(page, filled(client, page)).status_code == 302
    client.get("/")  # messages of the uploads
    with django_assert_num_queries(10):
        shown = client.get(reverse("handover:papers", args=[held.number]))
    assert len(shown.context["papers"]) == count + 1
    with django_assert_num_queries(11):
        shown = client.get(reverse("handover:paper", args=[made.pk]))
    assert len(shown.context["paper"].versions) == count + 1


@pytest.mark.parametrize(("who", "most"), [("taro", 11), ("hanako", 11), ("jiro", 11), ("saburo", 12)])
def test_page_of_a_paper_costs_little_for_every_role(
    cast: Cast,
    held: Registration,
    client: Client,
    who: str,
    most: int,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    made = kept(held, cast.taro)
    offered(cast, held)
    Deputy.objects.create(registration=held, user=cast.saburo, since=timezone.now())
    sign_in(client, getattr(cast, who))
    with django_assert_max_num_queries(most):
        assert client.get(reverse("handover:paper", args=[made.pk])).status_code == 200
    with django_assert_max_num_queries(14):  # five of them savepoints and the line in the log
        assert client.get(reverse("handover:download_document", args=[made.pk, 1])).status_code == 200


def test_successor_opens_a_paper_from_the_page_of_the_handover(cast: Cast, held: Registration, client: Client) -> None:
    made = kept(held, cast.taro)
    given = offered(cast, held)
    sign_in(client, cast.jiro)
    own = reverse("handover:paper", args=[made.pk])
    for name in ("handover:handover", "handover:items"):
        assert own in client.get(reverse(name, args=[given.number])).content.decode()


def test_person_in_charge_reads_why_the_administrator_opened_a_paper(
    cast: Cast, held: Registration, client: Client
) -> None:
    made = kept(held, cast.taro)
    address = reverse("handover:download_document", args=[made.pk, 1])
    sign_in(Client(), cast.hanako).post(address, {"reason": "away"})
    shown = sign_in(client, cast.taro).get(reverse("handover:paper", args=[made.pk])).content.decode()
    assert str(LookReason.AWAY.label) in shown


def test_successor_finds_the_way_back_and_no_buttons(cast: Cast, held: Registration, client: Client) -> None:
    made = kept(held, cast.taro)
    given = offered(cast, held)
    sign_in(client, cast.jiro)
    shown = client.get(reverse("handover:paper", args=[made.pk]))
    page = shown.content.decode()
    assert reverse("handover:handover", args=[given.number]) in page
    assert shown.context["available"] == set()
    assert list(shown.context["events"]) == []
    assert client.get(reverse("handover:papers", args=[held.number])).status_code == 404


# Who is turned away how ---------------------------------------------------------------------------------------------

POSTED: dict[str, Callable[[Document], dict[str, Any]]] = {
    "handover:papers": lambda made: {},
    "handover:paper": lambda made: {},
    "handover:add_document": lambda made: {
        "kind": "contract",
        "title": "余計",
        "token": uuid.uuid4(),
        "paper": SimpleUploadedFile("a.txt", TEXT),
    },
    "handover:add_version": lambda made: {"token": uuid.uuid4(), "paper": SimpleUploadedFile("a.txt", MORE)},
    "handover:change_document": lambda made: {"title": "別名"},
    "handover:download_document": lambda made: {"reason": "audit"},
}
READ_ONLY = {"handover:papers": 405, "handover:paper": 405}
KEEPS = READ_ONLY | {"handover:add_document": 302, "handover:add_version": 302, "handover:change_document": 302}
READS = READ_ONLY | {"handover:add_document": 403, "handover:add_version": 403, "handover:change_document": 403}
UNKNOWN = READ_ONLY | dict.fromkeys(set(POSTED) - set(READ_ONLY), 404)
ROLES: dict[str, dict[str, int]] = {
    "taro": KEEPS | {"handover:download_document": 200},
    "hanako": KEEPS | {"handover:download_document": 200},
    # The successor of an offered handover: the papers on its list, and nothing of the registration itself.
    "jiro": READS | {"handover:add_document": 404, "handover:download_document": 200},
    **dict.fromkeys(
        ["saburo", "wakako", "minoru", "worker", "agent", "supervisor", "operator", "approver", "senior", "auditor"],
        UNKNOWN,
    ),
}


def addresses(name: str, made: Document, *, unknown: bool = False) -> str:
    pk = 999_999 if unknown else made.pk
    given: dict[str, list[Any]] = {
        "handover:papers": ["R-unknown" if unknown else made.registration.number],
        "handover:add_document": ["R-unknown" if unknown else made.registration.number],
        "handover:download_document": [pk, 1],
    }
    return reverse(name, args=given.get(name, [pk]))


@pytest.mark.parametrize("who", ROLES)
def test_posts_to_every_path_as_every_role(cast: Cast, held: Registration, client: Client, who: str) -> None:
    made = kept(held, cast.taro)
    offered(cast, held)
    sign_in(client, getattr(cast, who))
    before = seen.mark()
    found = {name: client.post(addresses(name, made), send(made)).status_code for name, send in POSTED.items()}
    assert found == ROLES[who]
    if ROLES[who] is UNKNOWN:
        assert seen.verbs(before) == []


@pytest.mark.parametrize("who", ["saburo", "wakako", "worker", "agent", "operator"])
def test_papers_of_others_are_the_same_bytes_as_unknown_ones(
    cast: Cast, held: Registration, client: Client, who: str
) -> None:
    made = kept(held, cast.taro)
    sign_in(client, getattr(cast, who))
    for name, send in POSTED.items():
        for ask in (client.get, lambda url, send=send: client.post(url, send(made))):
            there, unknown = ask(addresses(name, made)), ask(addresses(name, made, unknown=True))
            assert there.status_code == unknown.status_code
            assert there.content == unknown.content
            assert {key: there[key] for key in there.headers} == {key: unknown[key] for key in unknown.headers}


def test_former_custodian_sees_the_papers_and_no_buttons(cast: Cast, client: Client) -> None:
    held = registration(cast.aoba, "R-7", custodian=cast.taro)
    made = kept(held, cast.taro)
    kind, basis = Custody.Kind.CUSTODIAN, Custody.Basis.REASSIGNMENT
    custody.give(held, cast.jiro, kind=kind, basis=basis, basis_label="", at=timezone.now())
    sign_in(client, cast.taro)
    shown = client.get(reverse("handover:papers", args=[held.number]))
    assert (shown.status_code, shown.context["available"]) == (200, set())
    assert client.get(add_page(held)).status_code == 403
    given = client.get(reverse("handover:download_document", args=[made.pk, 1]))
    assert b"".join(given) == TEXT
