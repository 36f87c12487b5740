"""X10: no altered certificate is accepted, neither by the signature alone nor by the whole check."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import override_settings

from handover import certificates, documents, transitions
from handover.models import Registration
from handover.signing.judge import judge
from handover.signing.reasons import Reason, Verdict
from tests.cast import Cast, actor
from tests.handover.attacks import ATTACKS, Scene, changes, trusts_the_range_only
from tests.handover.signed import Signed, scene, signed
from tests.stock import NOW

SEED = int(os.environ.get("SEED", "20261127"))
WHY = {
    "incremental update": Reason.APPENDED,
    "shadow replaced": Reason.APPENDED,
    "signature wrapping": Reason.APPENDED,
    "signature removed": Reason.UNSIGNED,
    "signed anew by another key": Reason.FOREIGN,
    "a byte of the contents": Reason.CHANGED,
    "a byte of the metadata": Reason.CHANGED,
    "a byte of the signature": Reason.CHANGED,
    "trailing bytes": Reason.APPENDED,
    "another certificate's page under this signature": Reason.CHANGED,
    "byte range tampered": Reason.UNCOVERED,
    "permission removed": Reason.PERMISSION,
    "universal forgery with empty contents": Reason.DAMAGED,
    "certificate of another installation": Reason.FOREIGN,
}


@pytest.fixture(scope="module")
def genuine() -> Signed:
    return signed()


@pytest.fixture(scope="module")
def attacked(genuine: Signed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with override_settings():
        from django.conf import settings

        another = signed(custodian_name="髙橋 美咲", custodian_kana="たかはし みさき", check_code="3333333333CD")
        yield scene(genuine.pdf, another.pdf, tmp_path_factory.mktemp("theirs"), settings)


def test_genuine_file_is_accepted(genuine: Signed) -> None:
    assert judge(genuine.pdf, {genuine.print}) == Verdict(None, genuine.print)


def test_same_page_is_signed_with_the_same_bytes(genuine: Signed) -> None:
    assert signed() == genuine


@pytest.mark.parametrize("name", ATTACKS)
def test_attack_is_refused_by_the_signature_alone(attacked: Scene, genuine: Signed, name: str) -> None:
    forged = ATTACKS[name](attacked)
    assert forged != attacked.genuine
    assert judge(forged, {genuine.print}).reason is WHY[name]


def _survivors(
    attacked: Scene, genuine: Signed, how_many: int, seed: int, accepts: Callable[[bytes], bool] | None = None
) -> list[str]:
    accepts = accepts or (lambda pdf: judge(pdf, {genuine.print}).reason is None)
    return [what for what, forged in changes(genuine.pdf, attacked.another, how_many, seed) if accepts(forged)]


def test_none_of_50_random_changes_is_accepted(attacked: Scene, genuine: Signed) -> None:
    assert _survivors(attacked, genuine, 50, SEED) == []


@pytest.mark.soak
def test_none_of_500_random_changes_is_accepted(attacked: Scene, genuine: Signed) -> None:
    assert _survivors(attacked, genuine, 500, SEED + 1) == []


def test_check_that_trusts_the_range_only_is_found_out(attacked: Scene, genuine: Signed) -> None:
    """The planted fault passes the genuine file, and the named attacks find it."""
    assert trusts_the_range_only(genuine.pdf)
    fooled = {name for name, attack in ATTACKS.items() if trusts_the_range_only(attack(attacked))}
    assert {"incremental update", "shadow replaced", "trailing bytes", "signed anew by another key"} <= fooled
    assert _survivors(attacked, genuine, 50, SEED, trusts_the_range_only) != [], "changes at random find it as well"


def test_other_signer_of_ours_is_told_apart(genuine: Signed) -> None:
    assert judge(genuine.pdf, set()).reason is Reason.FOREIGN
    assert judge(genuine.pdf, {"0" * 64, genuine.print}).signer == genuine.print


@pytest.mark.parametrize("change", [bytes.lower, lambda digits: digits[:-1] + b"1", lambda digits: b" " + digits[:-1]])
def test_digits_of_the_signature_that_read_alike_are_refused(genuine: Signed, change: object) -> None:
    """Small letters, bytes behind the signature, white space: nothing that a signature cannot notice may vary."""
    from tests.handover.attacks import places

    assert callable(change)
    start, end = places(genuine.pdf)
    forged = genuine.pdf[: start + 1] + change(genuine.pdf[start + 1 : end - 1]) + genuine.pdf[end - 1 :]
    assert len(forged) == len(genuine.pdf) and forged != genuine.pdf
    assert judge(forged, {genuine.print}).reason is Reason.DAMAGED


def test_every_attack_is_refused_by_the_whole_check_with_its_reason(
    cast: Cast, held: Registration, tmp_path: Path, settings: object
) -> None:
    made = [
        transitions.issue_certificate(registration_pk=held.pk, language=language, actor=actor(cast.taro), at=NOW)
        for language in ("ja", "en")
    ]
    genuine, another = (documents.read_bytes(one.blob) for one in made)
    assert certificates.check_file([genuine]) == certificates.Answer("valid", made[0])
    attacked = scene(genuine, another, tmp_path, settings)
    wrong = {}
    for name, attack in ATTACKS.items():
        answer = certificates.check_file([attack(attacked)])
        expected = ("unknown" if name == "certificate of another installation" else "altered", WHY[name])
        if (answer.state, answer.reason) != expected:
            wrong[name] = (answer.state, answer.reason)
    assert wrong == {}
