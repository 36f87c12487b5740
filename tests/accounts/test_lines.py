"""Names are one line of what can be seen: they stand in mails, on papers and in lists."""

import pytest
from django.test import Client

from accounts.forms import JoinForm, OrganisationForm, ProfileForm
from accounts.models import Invitation, Organisation, User
from tests.cast import Cast, sign_in

HIDDEN = {
    "line break": "\n",
    "carriage return": "\r",
    "tab": "\t",
    "zero width space": "\u200b",
    "right to left override": "\u202e",
    "soft hyphen": "\u00ad",
    "line separator": "\u2028",
    "paragraph separator": "\u2029",
    "private use": "\ue000",
    "surrogate": "\ud800",
}
PROFILE = {"display_name": "青木 花子", "kana": "アオキ ハナコ", "department": "総務部", "language": "ja"}
COMPANY = {"kind": "customer", "legal_name": "若草株式会社", "kana": "ワカクサ", "address": "東京都"}


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
@pytest.mark.parametrize("name", ["display_name", "kana", "department"])
def test_person_writes_nothing_hidden_into_the_profile(name: str, hidden: str) -> None:
    given = {**PROFILE, name: f"青木{hidden}花子"}
    assert list(ProfileForm(given).errors) == [name]
    joining = JoinForm("new@example.jp", {**given, "password": "a long phrase", "again": "a long phrase"})
    assert list(joining.errors) == [name]


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
@pytest.mark.parametrize("name", ["legal_name", "kana", "address", "postal_code", "corporate_number"])
def test_operator_writes_nothing_hidden_about_an_organisation(name: str, hidden: str) -> None:
    assert name in OrganisationForm({**COMPANY, name: f"1{hidden}2"}).errors


@pytest.mark.parametrize("written", ["葛󠄁城 新", "𠮷田　太郎", "O’Brien-Müller", "Éamon", "株式会社ＡＢＣ（東京）"])
def test_names_as_people_have_them_are_taken(written: str) -> None:
    assert ProfileForm({**PROFILE, "display_name": written}).is_valid()
    assert OrganisationForm({**COMPANY, "legal_name": written}).is_valid()


def test_person_is_told_at_the_field(client: Client, cast: Cast) -> None:
    page = sign_in(client, cast.taro).post("/accounts/profile/", {**PROFILE, "display_name": "太郎\r\nBcc: x"})
    assert page.status_code == 200 and list(page.context["form"].errors) == ["display_name"]
    assert User.objects.get(pk=cast.taro.pk).display_name == cast.taro.display_name


def test_inviter_and_operator_are_told_at_the_field(client: Client, cast: Cast) -> None:
    sign_in(client, cast.operator)
    given = {"email": "new@example.jp", "display_name": "新\u200b井", "staff_number": "P\n9", "roles": ["operator"]}
    page = client.post("/people/invite/", {**given, "language": "ja"})
    assert sorted(page.context["form"].errors) == ["display_name", "staff_number"]
    page = client.post("/organisations/create/", {**COMPANY, "legal_name": "若草\n株式会社"})
    assert list(page.context["form"].errors) == ["legal_name"]
    assert not Invitation.objects.exists() and not Organisation.objects.filter(address="東京都").exists()
