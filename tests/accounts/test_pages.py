"""Pages of people, invitations and organisations, as people use and misuse them."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import memberships, transitions
from accounts.models import Invitation, Organisation, OrganisationKind, Role, Undertaking, User
from audit.models import Event
from tests.cast import PASSWORD, READ, Cast, actor, sign_in, somebody, totp_code
from tests.letterbox import link_in, mails

NEW = {
    "display_name": "新井 新",
    "kana": "アライ アラタ",
    "department": "総務部",
    "language": "ja",
    "password": "a long phrase",
    "again": "a long phrase",
}


def invite(by: User, into: Organisation, email: str = "new@example.jp", **more: Any) -> Invitation:
    given = {"display_name": "", "roles": [Role.MEMBER], "language": "ja", **more}
    return transitions.invite(into, email=email, **given, actor=actor(by), at=timezone.now())


def last_link() -> str:
    return link_in(mails("invitation")[-1]["body"])


def body(response: Any) -> str:
    return str(response.content.decode())


# the link -----------------------------------------------------------------------------------------------------------


def test_looking_at_the_link_changes_nothing(cast: Cast) -> None:
    invite(cast.hanako, cast.aoba)
    before = (Event.objects.count(), User.objects.count())
    for _ in range(2):
        page = Client().get(last_link())
        assert page.status_code == 200
        assert "青葉商事株式会社" in body(page) and "青木 花子" in body(page)
    assert (Event.objects.count(), User.objects.count()) == before


def test_newcomer_joins_and_is_signed_in(client: Client, cast: Cast) -> None:
    invite(cast.hanako, cast.aoba)
    assert client.post(last_link(), NEW)["Location"] == "/"
    page = client.get("/people/")
    assert page.status_code == 200 and "新井" in body(page)
    assert Event.objects.filter(verb="accounts.signed_in").exists()


@pytest.mark.django_db(transaction=True)
def test_new_agent_enrols_signs_and_is_in(client: Client, cast: Cast) -> None:
    invite(cast.supervisor, cast.desk, roles=[Role.AGENT], staff_number="N-1")
    client.post(last_link(), NEW)
    assert client.get("/people/")["Location"] == "/accounts/enrol/"
    # The password was typed just now, so enrolling asks for it no more.
    assert client.get("/accounts/2fa/totp/activate/").status_code == 200
    client.post("/accounts/2fa/totp/activate/", {"code": totp_code(client.session["mfa.totp.secret"])})
    assert client.get("/people/")["Location"] == "/accounts/undertaking/"
    page = client.get("/accounts/undertaking/")
    assert "守秘義務誓約書" in body(page)
    assert client.post("/accounts/undertaking/", {"typed_name": "新井 新", "read": READ}).status_code == 200
    assert (
        client.post("/accounts/undertaking/", {"typed_name": "新井 旧", "agreed": "on", "read": READ}).status_code
        == 200
    )
    assert (
        client.post("/accounts/undertaking/", {"typed_name": "新井 新", "agreed": "on", "read": READ})["Location"]
        == "/"
    )
    assert Undertaking.objects.get(user__email="new@example.jp").version == 1
    assert client.get("/people/").status_code == 200


def test_somebody_signed_in_as_another_is_told(client: Client, cast: Cast) -> None:
    invite(cast.hanako, cast.aoba)
    sign_in(client, cast.minoru)
    for response in (client.get(last_link()), client.post(last_link(), NEW)):
        assert response.status_code == 409
        assert "野村 実" in body(response)
    assert not User.objects.filter(email="new@example.jp").exists()
    assert Invitation.objects.get().status == "sent"


def test_used_withdrawn_and_expired_links_say_so(cast: Cast) -> None:
    made = invite(cast.hanako, cast.aoba)
    link = last_link()
    with time_machine.travel(timezone.now() + timezone.timedelta(days=8)):
        assert Client().get(link).status_code == 409
        assert Client().post(link, NEW).status_code == 409
    Client().post(link, NEW)
    assert Client().get(link).status_code == 409
    assert Client().post(link, NEW).status_code == 409
    other = invite(cast.hanako, cast.aoba, "other@example.jp")
    transitions.withdraw_invitation(other, actor=actor(cast.hanako), at=timezone.now())
    assert Client().get(last_link()).status_code == 409
    assert User.objects.filter(email__in=["new@example.jp", "other@example.jp"]).count() == 1
    assert made.email == "new@example.jp"


def test_changed_token_is_the_page_of_what_is_not_there(cast: Cast) -> None:
    invite(cast.hanako, cast.aoba)
    unknown = Client().get(last_link()[:-2] + "x/")
    assert unknown.status_code == 404
    assert unknown.content == Client().get("/invitation/x/").content


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"again": "another phrase"}, "again"),
        ({"password": "short", "again": "short"}, "password"),
        ({"password": "password1234", "again": "password1234"}, "password"),
        ({"password": "new@example.jp", "again": "new@example.jp"}, "password"),
        ({"display_name": ""}, "display_name"),
        ({"language": "fr"}, "language"),
    ],
)
def test_poor_answers_are_refused_at_their_field(cast: Cast, change: dict[str, str], field: str) -> None:
    invite(cast.hanako, cast.aoba)
    page = Client().post(last_link(), {**NEW, **change})
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert not User.objects.filter(email="new@example.jp").exists()


def test_link_is_ours_whatever_host_was_asked(client: Client, cast: Cast) -> None:
    sign_in(client, cast.hanako)
    form = {"email": "new@example.jp", "roles": "member", "language": "ja"}
    client.post("/people/invite/", form, headers={"host": "127.0.0.1:9999"})
    text = mails("invitation")[0]["body"]
    assert "http://localhost:8000/invitation/" in text and "127.0.0.1" not in text and "?" not in last_link()


# people -------------------------------------------------------------------------------------------------------------


def test_administrator_invites_by_the_page(client: Client, cast: Cast) -> None:
    sign_in(client, cast.hanako)
    assert client.get("/people/invite/").status_code == 200
    response = client.post("/people/invite/", {"email": "new@example.jp", "roles": "member", "language": "ja"})
    assert response["Location"] == "/people/"
    assert "new@example.jp" in body(client.get("/people/"))
    again = client.post("/people/invite/", {"email": "new@example.jp", "roles": "member", "language": "ja"})
    assert again.status_code == 200 and "email" in again.context["form"].errors


def test_member_sees_people_and_invites_nobody(client: Client, cast: Cast) -> None:
    invite(cast.hanako, cast.aoba)
    sign_in(client, cast.taro)
    page = body(client.get("/people/"))
    assert "渡邉" in page and "/people/invite/" not in page and "/withdraw/" not in page
    for response in (client.get("/people/invite/"), client.post("/people/invite/", {"email": "x@example.jp"})):
        assert response.status_code == 403


def test_people_of_others_are_not_seen(client: Client, cast: Cast) -> None:
    page = body(sign_in(client, cast.minoru).get("/people/"))
    assert "野村" in page and "渡邉" not in page


@pytest.mark.parametrize("action", ["withdraw", "resend"])
def test_invitation_is_acted_on_by_its_page(client: Client, cast: Cast, action: str) -> None:
    made = invite(cast.hanako, cast.aoba)
    sign_in(client, cast.hanako)
    path = f"/invitations/{made.pk}/{action}/"
    assert client.get(path).status_code == 200
    assert Event.objects.count() == 1
    assert client.post(path)["Location"] == "/people/"
    assert Event.objects.count() == 2


@pytest.mark.parametrize("action", ["withdraw", "resend", "second"])
def test_invitation_of_others_is_not_there(client: Client, cast: Cast, action: str) -> None:
    made = invite(cast.hanako, cast.aoba)
    sign_in(client, cast.wakako)
    theirs = client.get(f"/invitations/{made.pk}/{action}/")
    unknown = client.get(f"/invitations/999999/{action}/")
    assert theirs.status_code == unknown.status_code == 404
    assert theirs.content == unknown.content
    assert client.post(f"/invitations/{made.pk}/{action}/").status_code == 404
    assert Event.objects.count() == 1


def test_second_press_on_withdraw_is_a_clean_409(client: Client, cast: Cast) -> None:
    made = invite(cast.hanako, cast.aoba)
    sign_in(client, cast.hanako)
    client.post(f"/invitations/{made.pk}/withdraw/")
    assert client.post(f"/invitations/{made.pk}/withdraw/").status_code == 409


def test_second_person_agrees_by_the_page(client: Client, cast: Cast) -> None:
    made = invite(cast.operator, cast.provider, roles=[Role.OPERATOR], staff_number="P-9")
    assert sign_in(Client(), cast.operator).post(f"/invitations/{made.pk}/second/").status_code == 403
    sign_in(client, cast.approver)
    assert f"/invitations/{made.pk}/second/" in body(client.get("/people/"))
    assert client.post(f"/invitations/{made.pk}/second/")["Location"] == "/people/"
    assert [mail["to"] for mail in mails()] == ["new@example.jp"]


@pytest.mark.parametrize("number", [1, 3])
def test_people_page_costs_the_same_whatever_its_length(client: Client, cast: Cast, number: int) -> None:
    home = Organisation.objects.create(kind=OrganisationKind.CUSTOMER, legal_name="数株式会社")
    admin = somebody(home, "数 一", "", "a0@kazu.example", Role.ADMINISTRATOR)
    for index in range(1, number):
        somebody(home, f"数 {index}", "", f"a{index}@kazu.example", Role.MEMBER)
    for index in range(number):
        invite(admin, home, f"i{index}@kazu.example")
    sign_in(client, admin)
    client.get("/people/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/people/")
    # session, account, memberships, factors; count, people, their roles, invitations
    assert len(captured) == 8, [query["sql"][:120] for query in captured]


@pytest.mark.parametrize("number", [1, 3])
def test_organisations_page_costs_the_same_whatever_its_length(client: Client, cast: Cast, number: int) -> None:
    for index in range(number):
        Organisation.objects.create(kind=OrganisationKind.CUSTOMER, legal_name=f"数{index}株式会社")
    sign_in(client, cast.auditor)
    client.get("/organisations/?q=数")
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/organisations/?q=数")
    assert len(page.context["page"]) == number
    # session, account, memberships, factors, undertaking; count, organisations
    assert len(captured) == 7, [query["sql"][:120] for query in captured]


# organisations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["hanako", "taro", "worker", "agent", "supervisor"])
def test_others_do_not_see_the_list_of_organisations(client: Client, cast: Cast, name: str) -> None:
    sign_in(client, getattr(cast, name))
    assert client.get("/organisations/").status_code == 403
    assert client.get("/organisations/create/").status_code == 403
    assert client.get(f"/organisations/{cast.wakaba.pk}/").status_code == 404
    assert client.get(f"/organisations/{cast.wakaba.pk}/invite/").status_code == 404


@pytest.mark.parametrize("words", ["若葉", "ワカバ", "1000012010003", "若葉 ショウ"])
def test_provider_searches_organisations(client: Client, cast: Cast, words: str) -> None:
    sign_in(client, cast.auditor)
    page = client.get("/organisations/", {"q": words})
    assert [row.legal_name for row in page.context["page"]] == ["若葉省"]


def test_organisations_come_fifty_at_a_time(client: Client, cast: Cast) -> None:
    Organisation.objects.bulk_create(
        Organisation(kind=OrganisationKind.CUSTOMER, legal_name=f"会社{number:03}") for number in range(60)
    )
    sign_in(client, cast.operator)
    assert len(client.get("/organisations/").context["page"]) == 50
    assert len(client.get("/organisations/?page=2").context["page"]) == 15
    assert client.get("/organisations/?page=nonsense").status_code == 200


def test_operator_adds_an_organisation_and_invites_its_first_person(client: Client, cast: Cast) -> None:
    sign_in(client, cast.operator)
    given = {"kind": "customer", "legal_name": "若草株式会社", "corporate_number": "1010401089234"}
    assert client.get("/organisations/create/").status_code == 200
    response = client.post("/organisations/create/", given)
    made = Organisation.objects.get(legal_name="若草株式会社")
    assert response["Location"] == f"/organisations/{made.pk}/"
    assert client.get(f"/organisations/{made.pk}/").status_code == 200
    form = {"email": "first@wakakusa.example", "roles": "administrator", "language": "ja"}
    assert client.get(f"/organisations/{made.pk}/invite/").status_code == 200
    client.post(f"/organisations/{made.pk}/invite/", form)
    assert mails() == []
    agree = f"/invitations/{Invitation.objects.get().pk}/second/"
    assert agree not in body(client.get(f"/organisations/{made.pk}/"))
    other = sign_in(Client(), cast.approver)
    assert agree in body(other.get(f"/organisations/{made.pk}/"))
    assert other.get(agree).status_code == 200
    assert other.post(agree)["Location"] == f"/organisations/{made.pk}/"
    assert [mail["to"] for mail in mails()] == ["first@wakakusa.example"]


def test_link_of_the_first_person_says_when_it_is_void(cast: Cast) -> None:
    home = Organisation.objects.create(kind=OrganisationKind.CUSTOMER, legal_name="新設")
    made = invite(cast.operator, home, roles=[Role.ADMINISTRATOR])
    transitions.second_invitation(made, actor=actor(cast.approver), at=timezone.now())
    somebody(home, "先 着", "", "earlier@new.example", Role.ADMINISTRATOR)
    assert Client().get(last_link()).status_code == Client().post(last_link(), NEW).status_code == 409
    assert not User.objects.filter(email="new@example.jp").exists()


def test_wrong_corporate_number_is_shown_at_its_field(client: Client, cast: Cast) -> None:
    sign_in(client, cast.operator)
    given = {"kind": "customer", "legal_name": "若草株式会社", "corporate_number": "1010401089235"}
    page = client.post("/organisations/create/", given)
    assert list(page.context["form"].errors) == ["corporate_number"]


def test_provider_cannot_invite_into_a_customer_that_has_an_administrator(client: Client, cast: Cast) -> None:
    sign_in(client, cast.senior)
    assert "/invite/" not in body(client.get(f"/organisations/{cast.aoba.pk}/"))
    form = {"email": "evil@example.jp", "roles": "administrator", "language": "ja"}
    assert client.post(f"/organisations/{cast.aoba.pk}/invite/", form).status_code == 403
    assert mails() == []


@pytest.mark.parametrize("name", ["editor", "auditor"])
def test_who_does_not_decide_sees_no_people_of_others(client: Client, cast: Cast, name: str) -> None:
    sign_in(client, getattr(cast, name))
    page = client.get(f"/organisations/{cast.aoba.pk}/")
    assert page.status_code == 403 and "青木" not in body(page)
    assert f"/organisations/{cast.aoba.pk}/" not in body(client.get("/organisations/"))
    assert client.get(f"/organisations/{cast.provider.pk}/").status_code == 200
    assert not Event.objects.filter(verb="organisation.viewed").exists()


@pytest.mark.parametrize("name", ["operator", "approver", "senior"])
def test_look_of_the_provider_at_people_is_written_down(client: Client, cast: Cast, name: str) -> None:
    user = getattr(cast, name)
    sign_in(client, user)
    for _ in range(2):
        assert "青木" in body(client.get(f"/organisations/{cast.aoba.pk}/"))
    first, second = Event.objects.filter(verb="organisation.viewed").order_by("sequence")
    assert (first.actor, first.subject) == (user.label, cast.aoba.label)
    assert cast.aoba.label in second.about


def test_look_at_the_own_colleagues_leaves_no_event(client: Client, cast: Cast) -> None:
    sign_in(client, cast.taro)
    assert client.get(f"/organisations/{cast.aoba.pk}/").status_code == 200
    assert not Event.objects.filter(verb="organisation.viewed").exists()


# profile ------------------------------------------------------------------------------------------------------------


def test_person_changes_name_and_language(client: Client, cast: Cast) -> None:
    sign_in(client, cast.taro)
    client.cookies["language"] = "ja"
    given = {"display_name": "吉田 太郎", "kana": "ヨシダ タロウ", "department": "", "language": "en"}
    assert client.post("/accounts/profile/", given)["Location"] == "/accounts/profile/"
    page = client.get("/accounts/profile/")
    assert '<html lang="en">' in body(page) and "吉田 太郎" in body(page)


# fresh check --------------------------------------------------------------------------------------------------------


def test_confirm_page_leads_back_only_to_ourselves(client: Client, cast: Cast) -> None:
    sign_in(client, cast.taro)
    assert client.get("/accounts/confirm/?next=/people/")["Location"] == "/people/"
    for elsewhere in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        assert client.get("/accounts/confirm/", {"next": elsewhere})["Location"] == "/"


def test_confirm_page_asks_when_the_sign_in_is_old(client: Client, cast: Cast) -> None:
    sign_in(client, cast.taro, fresh=False)
    page = client.get("/accounts/confirm/?next=/people/")
    assert page.status_code == 200 and list(page.context["form"].fields) == ["password"]
    wrong = client.post("/accounts/confirm/", {"fresh-password": "wrong", "next": "/people/"})
    assert list(wrong.context["form"].errors) == ["password"]
    right = client.post("/accounts/confirm/", {"fresh-password": PASSWORD, "next": "/people/"})
    assert right["Location"] == "/people/"


def test_dismissed_person_cannot_confirm(client: Client, cast: Cast) -> None:
    sign_in(client, cast.taro, fresh=False)
    memberships.close(cast.taro, organisation=cast.aoba, at=timezone.now())
    assert client.post("/accounts/confirm/", {"fresh-password": PASSWORD}).status_code == 403
