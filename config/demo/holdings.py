"""What is held: product cards, registrations, papers."""

import csv
from dataclasses import dataclass
from pathlib import Path

from config.demo.people import EVERYBODY, HOMES
from handover.importing import COLUMNS
from handover.models import Document

# Registrations that scenes name. TO_HAND_OVER is left alone, for whoever tries the portal.
OFFERED = "R-2019-000312"
TO_HAND_OVER = "R-2021-001047"
HANDED_OVER = "R-2020-000655"
BILLED = "R-2016-000208"
IN_CARE = "R-2014-000077"
NOBODYS = "R-2011-000023"
# What was lost, each the object of one claim.
RECOVERED = "R-2009-000611"
APPROVED = "R-2009-000612"
TO_DECIDE = "R-2009-000613"
FROZEN = "R-2009-000614"
COLLECTING = "R-2009-000615"
NOTIFIED = "R-2009-000616"
STOPPED = "R-2009-000617"
APPEALED = "R-2009-000619"
BY_KIT = "R-2009-000620"
WITH_LIST, LISTED = "R-2009-000621", ("R-2009-000622", "R-2009-000623")
STANDS_STILL = "R-2009-000624"
# Lost as well, and left for whoever tries the portal.
TO_CLAIM = "R-2009-000618"
MINISTRY = "R-2008-000005"
MINISTRY_PR = "R-2013-000140"
BRANCH = "R-2018-000419"
WAITING = "R-2018-000420"
MINISTRY_NOBODYS = "R-2005-000002"

PRODUCTS: dict[str, dict[str, str]] = {
    "MAIN-NUMBER": {
        "name_ja": "代表電話",
        "name_en": "Main telephone number",
        "what_ja": "会社や役所の代表番号です。ひとつの番号にかかった電話を、空いている電話機につなぎます。",
        "what_en": "The organisation's main number. Calls to one number reach whichever telephone is free.",
        "where_ja": "受付や総務の電話機、名刺、ホームページ、封筒に書かれている番号です。",
        "where_en": "Telephones at the reception desk; the number on business cards, web pages and envelopes.",
        "stops_ja": "解約すると代表番号への電話がつながらなくなります。同じ番号を取り戻せないことがあります。",
        "stops_en": "Without it nobody can call the main number. The same number may be lost for good.",
        "bill_ja": "請求書には「基本料（代表）」と「通話料」の2行で載ります。",
        "bill_en": "Two lines on the bill: “Basic charge (main)” and “Calls”.",
        "printed_ja": "基本料（代表）\n通話料",
        "printed_en": "Basic charge (main)\nCalls",
        "cost_ja": "毎月の基本料と、かけた分の通話料です。",
        "cost_en": "A basic charge every month, and the calls that were made.",
        "whom_ja": "電話機の工事は総務部の契約している工事会社へ、番号のことは登録窓口へ。",
        "whom_en": "Telephones: the firm that looks after them. The number itself: the registration office.",
    },
    "LEASED-LINE": {
        "name_ja": "インターネット専用線",
        "name_en": "Internet leased line",
        "what_ja": "会社専用のインターネット回線です。社内のパソコンとサーバーは、この回線で外につながります。",
        "what_en": "An internet line of the organisation's own, through which its computers reach the outside.",
        "where_ja": "サーバー室の白い箱（回線終端装置）と、その隣のルーターです。",
        "where_en": "The white box (line terminal) in the server room and the router beside it.",
        "stops_ja": "メール、ホームページ、社外からの接続、クラウドの業務システムがすべて止まります。",
        "stops_en": "Mail, web pages, access from outside and every system in the cloud stop.",
        "bill_ja": "請求書には「専用線利用料」と「固定IPアドレス」で載ります。",
        "bill_en": "On the bill: “Leased line” and “Fixed IP addresses”.",
        "printed_ja": "専用線利用料\n固定IPアドレス",
        "printed_en": "Leased line\nFixed IP addresses",
        "cost_ja": "毎月同じ額です。速さを変えると額も変わります。",
        "cost_en": "The same every month. It changes with the speed.",
        "whom_ja": "速度や障害は保守窓口（24時間）へ、契約は登録窓口へ。",
        "whom_en": "Speed and faults: maintenance, day and night. The contract: the registration office.",
    },
    "CLOUD-PHONE": {
        "name_ja": "クラウド電話",
        "name_en": "Cloud telephone",
        "what_ja": "スマートフォンやパソコンを会社の内線電話として使うサービスです。",
        "what_en": "Lets mobile phones and computers work as the organisation's extensions.",
        "where_ja": "社員のスマートフォンのアプリです。機械は会社の中にありません。",
        "where_en": "An app on people's mobile phones. There is no machine in the building.",
        "stops_ja": "在宅の人に内線がつながらず、会社の番号で電話をかけられなくなります。",
        "stops_en": "Extensions of people at home fall silent, and nobody can call out with the office number.",
        "bill_ja": "請求書には「クラウド電話 ○ID」と、使っている人数で載ります。",
        "bill_en": "On the bill: “Cloud telephone, … IDs”, by the number of people.",
        "printed_ja": "クラウド電話　○ID",
        "printed_en": "Cloud telephone, … IDs",
        "cost_ja": "使う人の数で決まります。月の途中で増えた人の分は翌月からです。",
        "cost_en": "By the number of people; who is added during a month counts from the next.",
        "whom_ja": "人の追加や削除は自社の設定画面で、契約は登録窓口へ。",
        "whom_en": "Adding and removing people: your own settings page. The contract: the registration office.",
    },
    "FREEPHONE": {
        "name_ja": "無料通話番号（0120）",
        "name_en": "Freephone number (0120)",
        "what_ja": "かけた人は無料で、通話料を受ける側が払う番号です。",
        "what_en": "A number that is free for the caller; the organisation that is called pays.",
        "where_ja": "商品の箱、広告、保証書、ホームページの「お問い合わせ」にあります。",
        "where_en": "On product boxes, advertisements, guarantees and contact pages.",
        "stops_ja": "印刷済みの箱や広告の番号がつながらなくなり、番号は半年後にほかの会社のものになることがあります。",
        "stops_en": "The number printed on boxes goes dead, and after half a year it may be given to somebody else.",
        "bill_ja": "請求書には「着信課金通話料」で載ります。広告を出した月は高くなります。",
        "bill_en": "On the bill: “Calls charged to the receiver”. It rises in months with advertising.",
        "printed_ja": "着信課金通話料",
        "printed_en": "Calls charged to the receiver",
        "cost_ja": "かかってきた電話の分だけ、毎月変わります。",
        "cost_en": "It changes every month with the calls that came in.",
        "whom_ja": "つなぐ先の変更はお客さま相談室へ、契約は登録窓口へ。",
        "whom_en": "Where calls are put through: your customer relations. The contract: the registration office.",
    },
}


@dataclass(frozen=True)
class Held:
    """One registration as its row of the register says it; the holder by key, "" for nobody known."""

    number: str
    home: str
    product: str
    unit: str
    phone: str
    holder: str
    bill: str = ""
    mail: str = ""
    former_names: str = ""
    name: str = ""
    address: str = ""

    def as_row(self) -> dict[str, str]:
        """Return the cells of the register's CSV."""
        home = HOMES[self.home]
        return {
            "number": self.number,
            "organisation_name": home.name,
            "organisation_kana": home.kana,
            "corporate_number": home.corporate_number,
            "registered_name": self.name or home.name,
            "registered_kana": home.kana,
            "former_names": self.former_names,
            "unit": self.unit,
            "postal_code": home.postal_code,
            "address": self.address or home.address,
            "phone": self.phone,
            "email": self.mail,
            "product_code": self.product,
            "bill_reference": self.bill,
            "custodian_email": EVERYBODY[self.holder].address if self.holder else "",
        }


_OSAKA = "大阪府大阪市北区青葉台3丁目4番5号 大阪青葉ビル2階"
_NORTH, _SOUTH = "北海道札幌市中央区若葉北1条西2丁目", "兵庫県神戸市中央区若葉南3丁目4番5号"
_IT, _SOUMU, _BRANCHES = "it@aoba.example", "soumu@aoba.example", "eigyosho@aoba.example"
REGISTER = (
    Held(OFFERED, "aoba", "MAIN-NUMBER", "総務部", "03-0000-1200", "taro", "AZ-4471-0312", _SOUMU),
    Held(TO_HAND_OVER, "aoba", "LEASED-LINE", "情報システム部", "03-0000-1210", "taro", "AZ-4471-1047", _IT),
    Held(HANDED_OVER, "aoba", "CLOUD-PHONE", "情報システム部", "03-0000-1211", "taro", "AZ-4471-0655", _IT),
    Held(BILLED, "aoba", "FREEPHONE", "お客さま相談室", "0120-000-120", "saburo", "AZ-4471-0208"),
    Held("R-2024-000091", "aoba", "LEASED-LINE", "大阪支店", "072-000-3400", "reiko", "AZ-4471-0091", address=_OSAKA),
    Held("R-2023-000510", "aoba", "CLOUD-PHONE", "海外営業部", "03-0000-1250", "emma", "AZ-4471-0510"),
    Held(IN_CARE, "aoba", "LEASED-LINE", "物流センター", "045-000-5600", "mamoru", "AZ-4471-0077"),
    Held(
        NOBODYS,
        "aoba",
        "MAIN-NUMBER",
        "",
        "03-0000-7800",
        "",
        "AZ-2203-0023",
        name="青葉商事株式会社 日本橋倉庫",
        former_names="青葉物産株式会社|株式会社青葉舎",
    ),
    *(
        Held(number, "aoba", product, unit, phone, "susumu", f"AZ-5512-0{number[-3:]}", _BRANCHES, address=address)
        for number, product, unit, phone, address in (
            (RECOVERED, "LEASED-LINE", "広島営業所", "082-000-6110", "広島県広島市中区青葉町6丁目1番1号"),
            (APPROVED, "CLOUD-PHONE", "福岡営業所", "092-000-6120", "福岡県福岡市中央区青葉6丁目1番2号"),
            (TO_DECIDE, "LEASED-LINE", "名古屋営業所", "052-000-6130", "愛知県名古屋市中区青葉6丁目1番3号"),
            (FROZEN, "MAIN-NUMBER", "仙台営業所", "022-000-6140", "宮城県仙台市青葉区本町6丁目1番4号"),
            (COLLECTING, "CLOUD-PHONE", "京都営業所", "075-000-6150", "京都府京都市中京区青葉町615番地"),
            (NOTIFIED, "LEASED-LINE", "高松営業所", "087-000-6160", "香川県高松市青葉町6丁目1番6号"),
            (APPEALED, "CLOUD-PHONE", "金沢営業所", "076-000-6190", "石川県金沢市青葉町6丁目1番9号"),
            (TO_CLAIM, "LEASED-LINE", "松山営業所", "089-000-6180", "愛媛県松山市青葉町6丁目1番8号"),
            (BY_KIT, "CLOUD-PHONE", "長野営業所", "026-000-6200", "長野県長野市青葉町6丁目2番0号"),
            (WITH_LIST, "LEASED-LINE", "静岡営業所", "054-000-6210", "静岡県静岡市葵区青葉町6丁目2番1号"),
            (LISTED[0], "LEASED-LINE", "浜松営業所", "053-000-6220", "静岡県浜松市中央区青葉町6丁目2番2号"),
            (LISTED[1], "CLOUD-PHONE", "沼津営業所", "055-000-6230", "静岡県沼津市青葉町6丁目2番3号"),
            (STANDS_STILL, "LEASED-LINE", "鹿児島営業所", "099-000-6240", "鹿児島県鹿児島市青葉町6丁目2番4号"),
            (STOPPED, "MAIN-NUMBER", "新潟営業所", "025-000-6170", "新潟県新潟市中央区青葉6丁目1番7号"),
        )
    ),
    Held(MINISTRY, "wakaba", "MAIN-NUMBER", "大臣官房 会計課", "03-0000-9100", "minoru", "AZ-9001-0005"),
    Held(MINISTRY_PR, "wakaba", "FREEPHONE", "大臣官房 広報室", "0120-000-910", "minoru", "AZ-9001-0140"),
    Held("R-2022-000873", "wakaba", "CLOUD-PHONE", "大臣官房 情報化推進室", "03-0000-9120", "wakako", "AZ-9001-0873"),
    Held(
        BRANCH,
        "wakaba",
        "LEASED-LINE",
        "若葉北地方支局 総務課",
        "011-000-4190",
        "shiori",
        "AZ-9002-0419",
        address=_NORTH,
    ),
    Held(WAITING, "wakaba", "MAIN-NUMBER", "若葉南地方支局", "078-000-4200", "naoto", "AZ-9003-0420", address=_SOUTH),
    Held(MINISTRY_NOBODYS, "wakaba", "MAIN-NUMBER", "", "03-0000-9001", "", "AZ-9001-0002"),
)


def write_csv(path: Path) -> None:
    """Write the register as the file that `import_registrations` reads."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(held.as_row() for held in REGISTER)


@dataclass(frozen=True)
class Paper:
    """A paper to keep; `expires_in` in days from the day of the demo, `versions` how many times it was brought."""

    number: str
    by: str
    kind: Document.Kind
    title: str
    original_at: str = ""
    expires_in: int | None = None
    versions: int = 1


_K = Document.Kind
PAPERS = (
    Paper(OFFERED, "taro", _K.CONTRACT, "利用契約書", "本社 契約書庫 B-12"),
    Paper(OFFERED, "taro", _K.NOTICE, "開通のご案内", "総務部 キャビネット3段目"),
    Paper(OFFERED, "hanako", _K.SEAL_CERTIFICATE, "印鑑証明書", "総務部 金庫", -18),
    Paper(OFFERED, "taro", _K.SITE_LIST, "設置場所一覧"),
    Paper(TO_HAND_OVER, "taro", _K.CONTRACT, "利用契約書", "本社 契約書庫 B-14"),
    Paper(TO_HAND_OVER, "taro", _K.NOTICE, "開通のご案内", "", None, 2),
    Paper(TO_HAND_OVER, "taro", _K.REGISTRY, "登記事項証明書", "総務部 金庫", 12),
    Paper(HANDED_OVER, "taro", _K.APPLICATION, "利用申込書（控え）", "情報システム部 書棚"),
    Paper(HANDED_OVER, "taro", _K.BILL, "請求書（8月分）"),
    Paper(BILLED, "saburo", _K.CONTRACT, "利用契約書", "経理部 書庫"),
    Paper(IN_CARE, "mamoru", _K.CONTRACT, "利用契約書", "物流センター事務室"),
    Paper(MINISTRY, "minoru", _K.CONTRACT, "利用契約書", "会計課 文書庫 令和4年度"),
    Paper(MINISTRY, "minoru", _K.POWER_OF_ATTORNEY, "委任状", "", 200),
    Paper(BRANCH, "shiori", _K.NOTICE, "開通のご案内", "総務課 書棚"),
    Paper(WAITING, "naoto", _K.CONTRACT, "利用契約書", "支局 会議室の棚"),
)
