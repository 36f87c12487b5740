"""Registers that are made for measuring: the same each time, no row a copy, and such that an import takes them."""

from bench import registers
from bench.registers import Row

COLUMNS = (
    *("number", "organisation_name", "organisation_kana", "registered_name", "registered_kana", "unit"),
    *("postal_code", "address", "phone"),
)


def real() -> list[Row]:
    """Return a small register: beginnings and ending words that come often enough to be told apart, and one chain."""
    rows = [
        ("株式会社", head, tail, f"{read_head}{read_tail}", "")
        for head, read_head in (("青葉", "アオバ"), ("若葉", "ワカバ"), ("増田", "マスダ"), ("日向", "ヒュウガ"))
        for tail, read_tail in (("建設", "ケンセツ"), ("商事", "ショウジ"), ("工業", "コウギョウ"))
        for _again in range(4)
    ]
    rows += [("株式会社", "ムーンライト", "", "ムーンライト", ""), ("", "銀河", "生命", "ギンガセイメイ", "鳥取支社")]
    return [
        dict(
            zip(
                COLUMNS,
                (
                    *(f"R{number}", f"{form}{head}{tail}", kana, f"{form}{head}{tail}", kana, unit, "1000001"),
                    *(f"東京都千代田区千代田{number}丁目2番", f"03-1234-{number:04}"),
                ),
                strict=True,
            )
        )
        for number, (form, head, tail, kana, unit) in enumerate(rows)
    ]


def test_same_seed_makes_the_same_register() -> None:
    assert list(registers.register(real(), 300)) == list(registers.register(real(), 300))
    assert list(registers.register(real(), 300)) != list(registers.register(real(), 300, seed=8))


def test_real_rows_come_first_and_no_made_row_is_one_of_them() -> None:
    rows = list(registers.register(real(), 500))
    known = real()
    assert rows[: len(known)] == known
    assert len({row["number"] for row in rows}) == 500
    made = {(row["registered_name"], row["address"], row["phone"]) for row in rows[len(known) :]}
    assert not made & {(row["registered_name"], row["address"], row["phone"]) for row in known}


def test_made_names_are_new_combinations_and_read_as_their_parts_are() -> None:
    made = list(registers.register(real(), 2_000))[len(real()) :]
    joined = [row for row in made if row["registered_name"] == "株式会社日向建設"]
    assert joined, "beginning of one and ending word of another"
    assert "ヒュウガケンセツ" in {row["registered_kana"] for row in joined}
    assert any(row["unit"] for row in made), "chains have branches"
    assert len({row["registered_name"] for row in made}) < len(made), "there are namesakes"


def rare(count: int, pairs: int) -> list[Row]:
    """Return companies of as many different names, of which the first `pairs` have a namesake elsewhere."""
    names = [f"株式会社{chr(0x5000 + number)}{chr(0x6000 + number)}産" for number in range(count)]
    first = real()[0]
    return [
        first
        | {"number": f"R{number}", "registered_name": name, "registered_kana": "", "address": f"東京都{place}区1-1"}
        for number, (name, place) in enumerate(
            [*((name, "港") for name in names), *((name, "北") for name in names[:pairs])]
        )
    ]


def test_names_come_again_as_often_as_the_real_ones_say() -> None:
    def repeated(pairs: int) -> float:
        rows = rare(400, pairs)
        known = {row["registered_name"] for row in rows}
        made = list(registers.register(rows, 2_000))[len(rows) :]
        return sum(row["registered_name"] in known for row in made) / len(made)

    assert repeated(0) < 0.01, "nobody has a namesake, nor will anybody"
    assert 0.05 < repeated(20) < repeated(100) < 0.6


def test_name_that_is_nobody_elses_is_not_made_again() -> None:
    rows = rare(40, 20)
    alone = frozenset(row["registered_name"] for row in rows[:10])
    for keeps, is_made in ((alone, False), (frozenset[str](), True)):
        made = list(registers.register(rows, 2_000, alone=keeps))[len(rows) :]
        assert bool(alone & {row["registered_name"] for row in made}) is is_made


def test_made_row_has_a_phone_of_its_place() -> None:
    rows = rare(20, 10)
    areas = {"東町": "03-1111", "西町": "06-2222"}
    for row, town in zip(rows, [*areas] * len(rows), strict=False):
        row["phone"], row["address"] = f"{areas[town]}-0001", f"{town}1-1"
    for row in list(registers.register(rows, 500))[len(rows) :]:
        assert row["phone"].startswith(areas[row["address"][:2]])
