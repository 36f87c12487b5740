"""The people of the tests: real rows, one named cast instead of factories.

青葉商事 is the customer most tests are about: 花子 administers it, 太郎 has the registrations, 次郎 is to get them,
三郎 stands by. 若葉省 is a stranger to it. Everybody has the same password; staff and administrators have an
authenticator app and staff have signed the undertaking.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts import undertakings
from accounts.actors import Actor, find_actor
from accounts.models import Membership, Organisation, OrganisationKind, Person, Role, Undertaking, User
from outbox import cipher

PASSWORD = "correct horse battery"
TOTP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
READ = undertakings.text_hash(undertakings.FIRST, "ja")
"""The hash of the words that staff sign, as the page carries it."""
JOINED = datetime(2026, 4, 1, 0, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Cast:
    """Organisations first, then their people."""

    aoba: Organisation
    wakaba: Organisation
    works: Organisation
    desk: Organisation
    provider: Organisation

    hanako: User  # administrator of 青葉商事
    taro: User  # members of 青葉商事: holds, receives, stands by
    jiro: User
    saburo: User
    wakako: User  # administrator of 若葉省
    minoru: User  # member of 若葉省
    worker: User  # contractor
    agent: User  # agency
    supervisor: User
    operator: User  # provider, six different natural persons
    colleague: User  # the other operator
    approver: User
    senior: User
    editor: User
    auditor: User

    @property
    def everybody(self) -> list[User]:
        return [value for value in vars(self).values() if isinstance(value, User)]


def organisation(kind: OrganisationKind, name: str, kana: str, corporate_number: str = "") -> Organisation:
    made = _organisation(kind, name, kana, corporate_number)
    made.save()
    return made


def _organisation(kind: OrganisationKind, name: str, kana: str, corporate_number: str = "") -> Organisation:
    return Organisation(
        kind=kind,
        legal_name=name,
        kana=kana,
        corporate_number=corporate_number,
        postal_code="100-0001",
        address="東京都千代田区千代田1-1",
    )


@dataclass(frozen=True)
class _Newcomer:
    """An account with everything that hangs on it, before any of it is a row."""

    user: User
    home: Organisation
    roles: tuple[Role, ...]


def _newcomer(
    home: Organisation, name: str, kana: str, email: str, *roles: Role, department: str = "", language: str = "ja"
) -> _Newcomer:
    user = User(email=email, display_name=name, kana=kana, department=department, language=language, date_joined=JOINED)
    user.set_password(PASSWORD)
    return _Newcomer(user, home, roles)


def _settle(newcomers: list[_Newcomer]) -> list[User]:
    """Write the rows, one statement a table: nearly every test begins with the whole cast."""
    staff = [one for one in newcomers if one.home.is_staff]
    for one in staff:
        one.user.person = Person(organisation=one.home, staff_number=f"S-{one.user.email.partition('@')[0]}")
    Person.objects.bulk_create([one.user.person for one in staff if one.user.person])
    users = User.objects.bulk_create([one.user for one in newcomers])
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users]
    )
    Membership.objects.bulk_create(
        [
            Membership(user=one.user, organisation=one.home, role=role, since=JOINED)
            for one in newcomers
            for role in one.roles
        ]
    )
    Authenticator.objects.bulk_create(
        [_app(one.user) for one in newcomers if one.home.is_staff or Role.ADMINISTRATOR in one.roles]
    )
    Undertaking.objects.bulk_create(
        [
            Undertaking(
                user=one.user,
                organisation=one.home,
                version=undertakings.FIRST,
                text_hash=READ,
                signed_at=JOINED,
            )
            for one in staff
        ]
    )
    return users


def somebody(
    home: Organisation, name: str, kana: str, email: str, *roles: Role, department: str = "", language: str = "ja"
) -> User:
    """Create an account with its memberships, as it is after an accepted invitation and enrolment."""
    return _settle([_newcomer(home, name, kana, email, *roles, department=department, language=language)])[0]


def _app(user: User) -> Authenticator:
    return Authenticator(user=user, type=Authenticator.Type.TOTP, data={"secret": cipher.encrypt(TOTP_SECRET).decode()})


def enrol(user: User) -> Authenticator:
    """Give `user` an authenticator app with `TOTP_SECRET`."""
    made = _app(user)
    made.save()
    return made


def build() -> Cast:
    """Create the whole cast."""
    kind = OrganisationKind
    homes = {
        "aoba": _organisation(kind.CUSTOMER, "青葉商事株式会社", "アオバショウジカブシキガイシャ", "1010001000006"),
        "wakaba": _organisation(kind.CUSTOMER, "若葉省", "ワカバショウ", "1000012010003"),
        "works": _organisation(kind.CONTRACTOR, "みどり通信工事株式会社", "ミドリツウシンコウジカブシキガイシャ"),
        "desk": _organisation(kind.AGENCY, "ひまわりコールセンター株式会社", "ヒマワリコールセンターカブシキガイシャ"),
        "provider": _organisation(kind.PROVIDER, "あおぞら通信株式会社", "アオゾラツウシンカブシキガイシャ"),
    }
    Organisation.objects.bulk_create(homes.values())
    people = _people(**homes)
    _settle(list(people.values()))
    return Cast(**homes, **{name: one.user for name, one in people.items()})


def _people(
    aoba: Organisation, wakaba: Organisation, works: Organisation, desk: Organisation, provider: Organisation
) -> dict[str, _Newcomer]:
    it = "情報システム部"
    return {
        "hanako": _newcomer(
            aoba, "青木 花子", "アオキ ハナコ", "hanako@aoba.example", Role.ADMINISTRATOR, department="総務部"
        ),
        "taro": _newcomer(aoba, "𠮷田 太郎", "ヨシダ タロウ", "taro@aoba.example", Role.MEMBER, department=it),
        "jiro": _newcomer(aoba, "渡邉 次郎", "ワタナベ ジロウ", "jiro@aoba.example", Role.MEMBER, department=it),
        "saburo": _newcomer(
            aoba, "髙橋 三郎", "タカハシ サブロウ", "saburo@aoba.example", Role.MEMBER, department="経理部"
        ),
        "wakako": _newcomer(wakaba, "若林 和香子", "ワカバヤシ ワカコ", "wakako@wakaba.example", Role.ADMINISTRATOR),
        "minoru": _newcomer(wakaba, "野村 実", "ノムラ ミノル", "minoru@wakaba.example", Role.MEMBER),
        "worker": _newcomer(works, "緑川 工", "ミドリカワ タクミ", "takumi@works.example", Role.MEMBER),
        "agent": _newcomer(desk, "向井 葵", "ムカイ アオイ", "agent@desk.example", Role.AGENT),
        "supervisor": _newcomer(desk, "日向 誠", "ヒュウガ マコト", "supervisor@desk.example", Role.SUPERVISOR),
        "operator": _newcomer(provider, "空知 操", "ソラチ ミサオ", "operator@provider.example", Role.OPERATOR),
        "colleague": _newcomer(provider, "海野 助", "ウンノ タスク", "colleague@provider.example", Role.OPERATOR),
        "approver": _newcomer(provider, "天野 決", "アマノ ケツ", "approver@provider.example", Role.APPROVER),
        "senior": _newcomer(provider, "星野 長", "ホシノ ツカサ", "senior@provider.example", Role.SENIOR),
        "editor": _newcomer(provider, "雲井 編", "クモイ アミ", "editor@provider.example", Role.EDITOR),
        "auditor": _newcomer(provider, "虹川 監", "ニジカワ ケン", "auditor@provider.example", Role.AUDITOR),
    }


def actor(user: User) -> Actor:
    """Return what `user` may do now, for calling a transition."""
    found = find_actor(user)
    assert found is not None, f"{user} has no current membership"
    return found


def sign_in(client: Client, user: User, *, fresh: bool = True) -> Client:
    """Give `client` a session as a real sign-in leaves it: password, and second factor where one is enrolled.

    `fresh=False` makes it ten minutes old, so that a fresh check asks again.
    """
    client.force_login(user, backend="accounts.backends.Backend")
    at = time.time() - (0 if fresh else 600)
    records = [{"method": "password", "at": at, "email": user.email}]
    for factor in Authenticator.objects.filter(user=user, type__in=["totp", "webauthn"]):
        records.append({"method": "mfa", "at": at, "id": factor.pk, "type": factor.type})
    session = client.session
    session["account_authentication_methods"] = records
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    UserSession.objects.create(user=user, session_key=session.session_key, ip="127.0.0.1", user_agent="test")
    return client


def totp_code(secret: str = TOTP_SECRET, *, at: float | None = None) -> str:
    """Return the code an authenticator app shows at `at` (seconds, default now).

    Just before the app shows the next one it waits for that: no code of the last half minute is taken.
    """
    if at is None and time.time() % 30 > 27:
        time.sleep(30 - time.time() % 30)
    return format_hotp_value(hotp_value(secret, int(at if at is not None else time.time()) // 30))
