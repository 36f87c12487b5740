"""Codes: each in the one mail or letter that carries it, good for its own case, once (invariants 16 and 23)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from accounts.codes import plain
from outbox import cipher
from outbox.models import Notice
from tests.claims import CODE, OBJECTION
from tests.handover.life.broken import ask

if TYPE_CHECKING:
    from tests.recovery.life.rows import Now
    from tests.recovery.life.world import World


def a_code_counts_for_its_own_case_once(world: World, before: Now, now: Now) -> None:
    used: set[int] = set()
    for proof in now.proofs.values():
        if proof.one_time_code is None:
            ask("16", proof.code not in ("C1", "C1b", "C2", "C3"), f"{proof.code} without a code: {proof}")
            continue
        ask("16", proof.one_time_code not in used, f"a code counted twice: {proof}")
        used.add(proof.one_time_code)
        if proof.pk not in before.proofs:
            case = now.cases[proof.claim]
            ask("16", proof.one_time_code__subject == case.label, f"a code of another case gave {proof}")
            in_time = (proof.one_time_code__expires_at or world.at) > world.at
            ask("16", proof.one_time_code__used_at and in_time, f"a code that was not good gave {proof}")


def no_code_is_in_clear_but_where_it_is_delivered(world: World, before: Now, now: Now) -> None:
    if not now.told:
        return
    known = {plain(one.plain): one for one in world.codes.values()}
    facts = plain_of([one.facts for one in now.told])
    for told in [one for sign, one in known.items() if sign in facts]:
        ask("23", False, f"the log holds a code: {told}")
    rows = Notice.objects.filter(event__sequence__gt=before.sequence, payload__isnull=False)
    for pk, template, recipient, payload in rows.values_list("pk", "template", "recipient", "payload"):
        text = cipher.decrypt(bytes(payload))
        for found in {*OBJECTION.findall(text), *CODE.findall(text)}:
            code = known.get(plain(found))
            if code is None:
                ask("23", template == "claim_received", f"{template} holds a code that nobody made")
                continue
            ask("23", world.carried.setdefault(code.pk, str(pk)) == str(pk), f"two notices carry {code}")
            to = recipient if recipient.startswith("claim:") else f":{recipient}"
            at_home = to == code.subject or to in f":{code.step}" or f"{recipient}@" in code.step
            at_home = at_home or (recipient == "head_office" and code.step.startswith("head_office:"))
            ask("23", at_home, f"{template} to {recipient} carries {code}")


def plain_of(facts: object) -> str:
    return json.dumps(facts, ensure_ascii=False).upper().replace("-", "")


CHECKS = [a_code_counts_for_its_own_case_once, no_code_is_in_clear_but_where_it_is_delivered]
