"""Learns the weights of evidence (`recovery/matching/weights.json`) from claims whose registration is known.

    python -m bench.learning REGISTRATIONS.csv CLAIMS.csv TRUTH.csv [--write]   a register and claims as files
    python -m bench.learning --decisions [--write]                              what this installation decided
    python -m bench.learning --here CLAIMS.csv TRUTH.csv CASES.json      keep claims compared with its register
    python -m bench.learning --kept CASES.json CASES.json [--write]             what was kept beside several registers

The probability of a registration is exp(weights x evidence), shared among all candidates and "none of them"; the
weights make the right answers most likely. Agreement may only add and difference only take away, so that each weight
means what it says. Without --write the weights in use are only compared, by folds that were not learned from.
"""

import csv
import json
import os
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from operator import mul
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # models load only once Django is set up
    from desk.models import Statement
    from recovery.matching.scoring import Evidence

AGAINST = (
    *("length", "phone_differs", "town_differs", "prefecture_differs", "postal_differs", "legal_differs"),
    *("phone_unknown", "house_differs", "unit_unsaid", "unit_differs", "by_reading", "size", "none"),
)
"""Evidence that may only take away."""
UNSEEN = {
    "mail": 6.0,
    "bill": 6.0,
    "bill_in_part": 2.0,
    "phone_unknown": -2.8,
    "unit_in_part": 0.4,
    "unit_differs": -0.6,
}
"""Weights that the development data say nothing of: an exact key of record is about as good as a phone number, and a
part of a bill's number about as good as a phone's end. No phone on record says nothing for or against, which lies
between one of the same area and one of another. A unit said in part says a little less than one that was said, and
another unit a little more than none."""
ROUNDS, STEP, KEEP = 200, 0.15, 0.001
"""Steps of the learning, their length, and how strongly a weight is pulled to nothing."""
FOLDS = 4
WORTH, AGAIN = 1e-4, 20
"""Shares below which a candidate teaches nothing for now, and steps after which all are looked at again."""


@dataclass(frozen=True)
class Case:
    """One claim: the evidence of its candidates, which of them are right, and whether it is in the register at all.

    `claim` is its place among the claims: beside several registers it is one, and never learned from and tried at once.
    """

    claim: int
    evidence: Sequence["Evidence"]
    right: frozenset[int]
    is_there: bool

    @property
    def teaches(self) -> bool:
        return bool(self.right) or not self.is_there


def main(arguments: list[str]) -> int:
    """Compare, and with --write learn and write. Returns the exit status."""
    files = [Path(one) for one in arguments if not one.startswith("--")]
    is_kept, is_here = "--kept" in arguments, "--here" in arguments
    if "--decisions" not in arguments and (not files if is_kept else len(files) != 3):
        sys.stderr.write(__doc__ or "")
        return 2
    if "--decisions" in arguments:
        cases = list(_decided())
    elif is_kept:
        cases = [case for file in files for case in _kept(file)]
    elif is_here:
        cases = list(_of_claims(*files[:2]))
        files[2].write_text(json.dumps([_packed(case) for case in cases]), encoding="utf-8")
    else:
        cases = list(_from_files(*files))
    before = _recall([(case, _ranked(case, None)) for case in cases])
    if is_here:
        sys.stdout.write(f"{len(cases)} claims; weights in use: {before}; kept in {files[2].name}\n")
        return 0
    learned = list(_folds(cases))
    folded = _recall([(case, _ranked(case, weights)) for weights, some in learned for case in some])
    sys.stdout.write(f"{len(cases)} claims; weights in use: {before}; learned, on claims not seen: {folded}\n")
    if "--write" in arguments:
        _write(learn(cases))
    return 0


def learn(cases: Sequence[Case]) -> list[float]:
    """Return the weights under which the right answers of `cases` are most likely (Adam, within signs)."""
    from recovery.matching.scoring import FEATURES

    taught = [case for case in cases if case.teaches]
    size = len(FEATURES)
    signs = [-1.0 if feature in AGAINST else 1.0 for feature in FEATURES]
    weights = [UNSEEN.get(feature, -3.0 if feature == "none" else 0.0) for feature in FEATURES]
    fixed = [feature in UNSEEN for feature in FEATURES]
    first, second = [0.0] * size, [0.0] * size
    heard = taught
    for turn in range(1, ROUNDS + 1):
        if turn % AGAIN == 1:
            heard = [_worth(case, weights) for case in taught]
        slope = [0.0] * size
        for case in heard:
            _add_slope(slope, case, weights)
        for place in range(size):
            if fixed[place]:
                continue
            pull = slope[place] / len(taught) - KEEP * weights[place]
            first[place] = 0.9 * first[place] + 0.1 * pull
            second[place] = 0.99 * second[place] + 0.01 * pull * pull
            moved = STEP * (first[place] / (1 - 0.9**turn)) / (sqrt(second[place] / (1 - 0.99**turn)) + 1e-8)
            weights[place] = signs[place] * max(0.0, signs[place] * (weights[place] + moved))
    return weights


def _worth(case: Case, weights: Sequence[float]) -> Case:
    """Return the case with those candidates only that are right, or get a share worth mentioning."""
    from recovery.matching.scoring import probabilities

    shares = probabilities(case.evidence, weights)
    kept = [place for place, share in enumerate(shares) if share >= WORTH or place in case.right]
    right = frozenset(number for number, place in enumerate(kept) if place in case.right)
    return Case(case.claim, [case.evidence[place] for place in kept], right, case.is_there)


def _add_slope(slope: list[float], case: Case, weights: Sequence[float]) -> None:
    """Add how the logarithm of the right answer's probability changes with each weight."""
    odds = [sum(map(mul, weights, one.values)) for one in case.evidence]
    top = max([0.0, *odds])
    shares = [exp(each - top) for each in odds]
    whole = sum(shares) + exp(-top)
    right = sum(shares[place] for place in case.right)
    for place, one in enumerate(case.evidence):
        pull = (shares[place] / right if place in case.right else 0.0) - shares[place] / whole
        if abs(pull) > 1e-6:
            for feature, value in enumerate(one.values):
                slope[feature] += pull * value


def _folds(cases: Sequence[Case]) -> Iterator[tuple[list[float], list[Case]]]:
    claims = sorted({case.claim for case in cases})
    random.Random(1).shuffle(claims)
    for fold in range(FOLDS):
        kept = set(claims[fold::FOLDS])
        learned = learn([case for case in cases if case.claim not in kept])
        yield learned, [case for case in cases if case.claim in kept]


def _ranked(case: Case, weights: Sequence[float] | None) -> list[tuple[float, int]]:
    from recovery.matching.scoring import probabilities

    found = probabilities(case.evidence, weights)
    return sorted(((score, place) for place, score in enumerate(found)), key=lambda one: (-one[0], one[1]))


def _recall(ranked: list[tuple[Case, list[tuple[float, int]]]]) -> str:
    there = [(case, places) for case, places in ranked if case.is_there]
    first, five = (
        sum(any(place in case.right for _score, place in places[:top]) for case, places in there) / max(len(there), 1)
        for top in (1, 5)
    )
    likely = sum(log(max(_said(case, places), 1e-9)) for case, places in ranked if case.teaches)
    return f"@1 {first:.3f} @5 {five:.3f} mean log probability {likely / max(len(ranked), 1):.3f}"


def _said(case: Case, places: list[tuple[float, int]]) -> float:
    taken = sum(score for score, place in places if place in case.right)
    return taken if case.is_there else 1 - sum(score for score, _place in places)


def _write(weights: Sequence[float]) -> None:
    from recovery.matching.scoring import FEATURES, WEIGHTS

    rounded = {feature: round(weight, 3) for feature, weight in zip(FEATURES, weights, strict=True)}
    WEIGHTS.write_text(json.dumps(rounded, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(f"written: {WEIGHTS.name}\n")


def _case(claim: int, statement: "Statement", right: set[str], *, is_there: bool) -> Case:
    from recovery.matching.searching import compared

    rows = compared(statement)
    places = frozenset(place for place, (number, _one) in enumerate(rows) if number in right)
    return Case(claim, [one for _number, one in rows], places, is_there)


def _decided() -> Iterator[Case]:
    """Yield the claims of this installation whose registration people found and others approved."""
    from recovery.models import Claim

    for claim in Claim.objects.filter(status=Claim.Status.EXECUTED).select_related("inquiry", "registration"):
        if claim.registration is not None:
            yield _case(claim.pk, claim.inquiry.statement, {claim.registration.number}, is_there=True)


def _from_files(registrations: Path, claims: Path, truth: Path) -> Iterator[Case]:
    """Yield the claims of files, compared with the register of a file that is read into a database of its own."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("import_registrations", str(registrations))
    yield from _of_claims(claims, truth)


def _of_claims(claims: Path, truth: Path) -> Iterator[Case]:
    """Yield the claims of files, compared with the register of this process's database."""
    from recovery.matching.claims import read

    with truth.open(encoding="utf-8", newline="") as file:
        known = {row["claim_id"]: row for row in csv.DictReader(file)}
    for number, (claim_id, statement) in enumerate(read(claims)):
        row = known[claim_id]
        right = {row["registration_number"], *row["also_acceptable"].split(";")} - {""}
        yield _case(number, statement, right, is_there=bool(row["registration_number"]))


def _packed(case: Case) -> list[Any]:
    return [[[one.values, one.is_copy] for one in case.evidence], sorted(case.right), case.is_there]


def _kept(file: Path) -> Iterator[Case]:
    """Yield what `_packed` made."""
    from recovery.matching.scoring import Evidence

    for claim, (evidence, right, is_there) in enumerate(json.loads(file.read_text(encoding="utf-8"))):
        rows = [Evidence(tuple(values), "", is_copy=is_copy) for values, is_copy in evidence]
        yield Case(claim, rows, frozenset(right), is_there)


if __name__ == "__main__":
    import django

    if {"--decisions", "--here", "--kept"} & {*sys.argv}:
        django.setup()
        sys.exit(main(sys.argv[1:]))
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": folder, "DEBUG": "on"}
        django.setup()
        sys.exit(main(sys.argv[1:]))
