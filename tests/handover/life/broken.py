"""How a check says that an invariant does not hold, and how it reads what an event tells of custody."""

from tests.handover.life.rows import Told


class Broken(AssertionError):
    """An invariant does not hold; `which` names it."""

    def __init__(self, which: str, what: object) -> None:
        super().__init__(f"invariant {which}: {what}")
        self.which = which


def ask(which: str, holds: object, what: object) -> None:
    """Raise `Broken` unless `holds`."""
    if not holds:
        raise Broken(which, what)


def changes(told: Told) -> list[tuple[str, dict[str, str]]]:
    """Return the changes of custody that an event tells, by the label of the registration."""
    facts = told.facts
    several = facts.get("registrations")
    if isinstance(several, dict):
        return [(f"registration:{number}", each) for number, each in several.items()]
    subject = str(told.subject)
    return [(subject, facts)] if subject.startswith("registration:") and {"to", "kind"} <= facts.keys() else []
