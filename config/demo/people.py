"""Who takes part, and the secrets they sign in with."""

import base64
import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings

from accounts.models import OrganisationKind, Role, is_corporate_number

ALPHABET = "23456789abcdefghjkmnpqrstvwxyz"


@dataclass(frozen=True)
class Home:
    """An organisation. `number` is the corporate number without its check digit, of a registry that does not exist."""

    key: str
    kind: OrganisationKind
    name: str
    kana: str
    postal_code: str
    address: str
    number: str = ""

    @property
    def corporate_number(self) -> str:
        """`number` with the check digit in front, or "" without a number."""
        return next(
            (str(first) + self.number for first in range(10) if is_corporate_number(f"{first}{self.number}")), ""
        )


@dataclass(frozen=True)
class Somebody:
    """One person. `invited_by` and `seconded_by` are keys of others; empty for the first two of the provider."""

    key: str
    home: str
    name: str
    kana: str
    roles: tuple[Role, ...]
    department: str = ""
    invited_by: str = ""
    seconded_by: str = ""
    staff_number: str = ""
    language: str = "ja"
    has_left: bool = False
    claimed: bool = False

    @property
    def address(self) -> str:
        return f"{self.key}@{self.home}.example"

    @property
    def has_factor(self) -> bool:
        """Whether this person has a second factor: staff, administrators of customers, and who came by a claim."""
        return HOMES[self.home].kind in (OrganisationKind.AGENCY, OrganisationKind.PROVIDER) or (
            Role.ADMINISTRATOR in self.roles or self.claimed
        )

    @property
    def password(self) -> str:
        """The password, the same on every run of one installation: derived from its SECRET_KEY."""
        letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in _derived("password", self.address)[:16])
        return "-".join(letters[start : start + 4] for start in range(0, 16, 4))

    @property
    def totp_secret(self) -> str:
        """The secret of the authenticator app, in the base32 that such apps take, or "" without one."""
        return base64.b32encode(_derived("totp", self.address)[:20]).decode() if self.has_factor else ""


def _derived(purpose: str, address: str) -> bytes:
    return hmac.digest(settings.SECRET_KEY.encode(), f"demo:{purpose}:{address}".encode(), hashlib.sha256)


_customer, _staff = OrganisationKind.CUSTOMER, OrganisationKind.PROVIDER
HOMES = {
    home.key: home
    for home in (
        Home("provider", _staff, "", "", "", ""),  # made by `bootstrap`, under the name in the settings
        Home(
            "aoba",
            _customer,
            "青葉商事株式会社",
            "アオバショウジカブシキガイシャ",
            "1009901",
            "東京都中央区青葉町1丁目2番3号 青葉ビル8階",
            "990001000001",
        ),
        Home(
            "wakaba",
            _customer,
            "若葉省",
            "ワカバショウ",
            "1009902",
            "東京都千代田区若葉が関2丁目1番1号",
            "000012990001",
        ),
        Home(
            "works",
            OrganisationKind.CONTRACTOR,
            "みどり通信工事株式会社",
            "ミドリツウシンコウジカブシキガイシャ",
            "1449901",
            "東京都大田区緑町4丁目5番6号",
        ),
        Home(
            "desk",
            OrganisationKind.AGENCY,
            "ひまわりコールセンター株式会社",
            "ヒマワリコールセンターカブシキガイシャ",
            "9009901",
            "沖縄県那覇市向日葵町7丁目8番9号",
        ),
    )
}

IT = "情報システム部"
# The two who set the house up hold every role until the others are there, and then leave.
FOUNDERS = (
    Somebody("hajime", "provider", "大空 始", "オオゾラ ハジメ", (), staff_number="A-0001", has_left=True),
    Somebody("tsukuru", "provider", "立川 創", "タチカワ ツクル", (), staff_number="A-0002", has_left=True),
)
PROVIDER = (
    Somebody(
        "operator",
        "provider",
        "空知 操",
        "ソラチ ミサオ",
        (Role.OPERATOR,),
        "登録審査課",
        "hajime",
        "tsukuru",
        "A-0101",
    ),
    Somebody(
        "colleague",
        "provider",
        "海野 助",
        "ウンノ タスク",
        (Role.OPERATOR,),
        "登録審査課",
        "hajime",
        "tsukuru",
        "A-0106",
    ),
    Somebody(
        "approver", "provider", "天野 決", "アマノ ケツ", (Role.APPROVER,), "登録審査課", "hajime", "tsukuru", "A-0102"
    ),
    Somebody("senior", "provider", "星野 長", "ホシノ ツカサ", (Role.SENIOR,), "法務部", "hajime", "tsukuru", "A-0103"),
    Somebody(
        "editor", "provider", "雲井 編", "クモイ アミ", (Role.EDITOR,), "業務企画課", "hajime", "tsukuru", "A-0104"
    ),
    Somebody(
        "auditor", "provider", "虹川 監", "ニジカワ ケン", (Role.AUDITOR,), "内部監査室", "hajime", "tsukuru", "A-0105"
    ),
)
FIRST = (
    Somebody(
        "supervisor",
        "desk",
        "日向 誠",
        "ヒュウガ マコト",
        (Role.SUPERVISOR,),
        "受付一課",
        "operator",
        "approver",
        staff_number="H-0001",
    ),
    Somebody("takumi", "works", "緑川 工", "ミドリカワ タクミ", (Role.MEMBER,), "工事部", "operator", "approver"),
    Somebody("hanako", "aoba", "青木 花子", "アオキ ハナコ", (Role.ADMINISTRATOR,), "総務部", "operator", "approver"),
    Somebody(
        "wakako",
        "wakaba",
        "若林 和香子",
        "ワカバヤシ ワカコ",
        (Role.ADMINISTRATOR,),
        "大臣官房 情報化推進室",
        "operator",
        "approver",
    ),
)
COLLEAGUES = (
    Somebody(
        "agent", "desk", "向井 葵", "ムカイ アオイ", (Role.AGENT,), "受付一課", "supervisor", staff_number="H-0002"
    ),
    Somebody("reiko", "aoba", "濵﨑 麗子", "ハマサキ レイコ", (Role.ADMINISTRATOR,), "大阪支店", "hanako"),
    Somebody("taro", "aoba", "𠮷田 太郎", "ヨシダ タロウ", (Role.MEMBER,), IT, "hanako"),
    Somebody("jiro", "aoba", "渡邉 次郎", "ワタナベ ジロウ", (Role.MEMBER,), IT, "hanako"),
    Somebody("saburo", "aoba", "髙橋 三郎", "タカハシ サブロウ", (Role.MEMBER,), "経理部", "hanako"),
    Somebody("emma", "aoba", "Emma Clarke", "エマ クラーク", (Role.MEMBER,), "海外営業部", "hanako", language="en"),
    Somebody("mamoru", "aoba", "佐伯 守", "サエキ マモル", (Role.MEMBER,), IT, "hanako", has_left=True),
    # On record for the branches, and never seen again: whoever lost their papers claims them.
    Somebody("susumu", "aoba", "大野 進", "オオノ ススム", (Role.MEMBER,), "営業管理部", "hanako"),
    Somebody("akira", "wakaba", "齋藤 晃", "サイトウ アキラ", (Role.ADMINISTRATOR,), "大臣官房 会計課", "wakako"),
    Somebody("minoru", "wakaba", "野村 実", "ノムラ ミノル", (Role.MEMBER,), "大臣官房 会計課", "wakako"),
    Somebody("shiori", "wakaba", "邊見 栞", "ヘンミ シオリ", (Role.MEMBER,), "若葉北地方支局 総務課", "wakako"),
    Somebody(
        "naoto", "wakaba", "桑原 直人", "クワバラ ナオト", (Role.MEMBER,), "若葉南地方支局", "wakako", has_left=True
    ),
)
# Who got a lost registration back: the account came with the approval, with a second factor from the first day.
CLAIMANTS = (Somebody("sho", "aoba", "渡邉 翔", "ワタナベ ショウ", (Role.MEMBER,), "広島営業所", claimed=True),)
EVERYBODY = {somebody.key: somebody for somebody in (*FOUNDERS, *PROVIDER, *FIRST, *COLLEAGUES, *CLAIMANTS)}
PRESENT = tuple(
    sorted(
        (somebody for somebody in EVERYBODY.values() if not somebody.has_left),
        key=lambda somebody: ("aoba", "wakaba", "works", "desk", "provider").index(somebody.home),
    )
)
"""Who can sign in, customers first."""
NEWCOMER = "shinjin@aoba.example"
"""Whom an invitation waits for that nobody has accepted yet."""
