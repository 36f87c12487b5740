"""The hash of what is signed: whatever was signed before must have the same hash for as long as there is a record."""

from audit.chain import digest
from audit.signed import hash_of
from tests.stock import NOW

FACTS = {"number": "受-7", "b": [1, None, True], "a": {"二": "渡邉", "一": "2026-11-20"}}


def test_facts_have_the_hash_that_they_always_had() -> None:
    assert hash_of(FACTS) == "4cc0fa58cca8038d5454c22cdf0536bc98e7f63f78d438ea0a782de148d87048"
    assert hash_of(FACTS, tight=True) == "2c5b49cafaee472078367ba0a8622d2f1a031428d7fe03cb70557e18c6bceb60"


def test_order_of_the_keys_is_no_part_of_what_is_signed() -> None:
    assert hash_of(dict(reversed(FACTS.items()))) == hash_of(FACTS)
    assert hash_of({**FACTS, "b": [None, 1, True]}) != hash_of(FACTS)


def test_event_has_the_hash_that_it_always_had() -> None:
    said = {"verb": "claim.received", "actor": "public", "actor_organisation": "", "subject": "claim:7"}
    found = digest(sequence=7, previous_hash="0" * 64, **said, about=["inquiry:7"], facts=FACTS, at=NOW)
    assert found == "3cd6b5a14d0a5db7569b354c11b47f6d882d604b8046e51eaa1e4971e9d1e57c"
