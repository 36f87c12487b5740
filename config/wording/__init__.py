"""How each verb of the log is worded for a reader. One file per area; a verb without wording fails a test."""

from accounts.errors import Words
from config.wording.bulk import BULK
from config.wording.certificates import CERTIFICATES
from config.wording.explanations import EXPLANATIONS
from config.wording.handovers import HANDOVERS
from config.wording.labels import LABELS
from config.wording.papers import PAPERS
from config.wording.people import PEOPLE
from config.wording.recovery import RECOVERY
from config.wording.register import REGISTER

WORDING: dict[str, Words] = {
    **BULK,
    **CERTIFICATES,
    **EXPLANATIONS,
    **HANDOVERS,
    **LABELS,
    **PAPERS,
    **PEOPLE,
    **RECOVERY,
    **REGISTER,
}
