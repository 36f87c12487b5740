"""What leaves by post, whichever app it is of."""

from django.utils.translation import gettext_lazy as _

from accounts.errors import Words

CLAIM, OPENING, QUESTION, WORD, ANSWER = "claim", "opening", "question", "word", "answer"
KINDS: dict[str, Words] = {
    CLAIM: _("Letters of claims"),
    OPENING: _("Letters that open an organisation"),
    QUESTION: _("Letter that asks who is in charge"),
    WORD: _("Letters to inquirers"),
    ANSWER: _("Formal answers"),
}
"""What leaves by post, in the order of a print run."""
PRINT_RUNS = "print_runs"
"""The label under which the log finds every print run."""
