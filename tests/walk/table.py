"""What every path answers to every role: the one table of X7. Its rows are in answers/, by subject.

A row is a path's answer to GET and to POST, the latter with a body that is right for those who may. Each is
`ANSWER ROLES | ANSWER ROLES | ANSWER rest`. An answer is a status, or `>` and the name of the path where a redirect
leads; after it `!` where something changed and `~` where the log took down a look. An answer without a mark left
everything as it was. Anonymous visitors are sent to sign in, which is not repeated here, unless the path is public.
"""

from config.public import PUBLIC_PATHS
from tests.walk.answers.callers import CALLERS
from tests.walk.answers.casework import CASEWORK
from tests.walk.answers.checks import CHECKS
from tests.walk.answers.claimants import CLAIMANTS
from tests.walk.answers.console import CONSOLE
from tests.walk.answers.entrance import ENTRANCE
from tests.walk.answers.erasures import ERASURES
from tests.walk.answers.figures import FIGURES
from tests.walk.answers.handovers import HANDOVERS
from tests.walk.answers.letters import LETTERS
from tests.walk.answers.people import PEOPLE
from tests.walk.answers.promises import PROMISES
from tests.walk.answers.register import REGISTER
from tests.walk.answers.trust import TRUST
from tests.walk.answers.voice import VOICE

ENROLLED = "administrator stranger_administrator agent supervisor operator approver senior editor auditor"
GROUPS: dict[str, str] = {
    "enrolled": ENROLLED,
    "customers": "administrator custodian successor former bystander stranger_administrator stranger",
    "unenrolled": "custodian successor former bystander stranger contractor",
    "staff": "agent supervisor operator approver senior editor auditor",
    "provider": "operator approver senior editor auditor",
    "deciding": "operator approver senior",
    # Who sees cases, who carries them on the phone, and who of the former only looks or decides.
    "casework": "agent supervisor operator approver senior auditor",
    "callers": "agent supervisor operator",
    "lookers": "approver senior auditor",
    # Of those who see cases: who is no operator, and who decides nothing.
    "not_operator": "agent supervisor approver senior auditor",
    "undeciding": "agent supervisor operator auditor",
    "approving": "approver senior",
    # Who sees R-1: it was handed from "former" to "custodian" and is offered to "successor".
    "readers": "administrator custodian former",
    # Neither of 青葉商事 nor of the provider.
    "outsiders": "stranger_administrator stranger contractor agent supervisor",
    "inviters": "administrator stranger_administrator contractor supervisor operator approver senior",
}

# Asks for a token of its own; without one it is not there.
SELF_GUARDED = {"metrics"}

ROWS: dict[str, tuple[str, str]] = {
    **ENTRANCE,
    **REGISTER,
    **HANDOVERS,
    **CASEWORK,
    **CLAIMANTS,
    **CALLERS,
    **CHECKS,
    **CONSOLE,
    **ERASURES,
    **FIGURES,
    **LETTERS,
    **PEOPLE,
    **PROMISES,
    **TRUST,
    **VOICE,
}


def expected(name: str, method: str, roles: list[str]) -> dict[str, str]:
    """Return the answer of the path called `name` to each of `roles`."""
    cell = ROWS[name][("get", "post").index(method)]
    found: dict[str, str] = {}
    for part in cell.split(" | "):
        answer, *names = part.split()
        for entry in names:
            for role in roles if entry == "rest" else GROUPS.get(entry, entry).split():
                found.setdefault(role, answer)
    if name not in PUBLIC_PATHS | SELF_GUARDED:
        found["anonymous"] = ">account_login"
    return found
