"""What the desk says, taken from a version of the procedure when it comes into force. Plain functions."""

from datetime import datetime
from typing import Any

from desk import scripting
from recovery.procedure import Procedure, Sentence, read


def put_in_force(procedure: Procedure, *, at: datetime, **models: Any) -> None:
    """Give the desk the sentences of `procedure`; `models` are those of now, for migrations."""
    scripting.put_in_force(map(_line, procedure.sentences), version=procedure.version, at=at, **models)


def take_over(versions: Any, **models: Any) -> None:
    """Give the desk the sentences of every version that is or was in force and that it has not, in their order.

    For migrations that put a version in force. Claims keep the version that they began with, so its sentences are said
    as long as they are open.
    """
    known = list(models["sets"].objects.values_list("version", flat=True))
    for row in (
        versions.objects.filter(live_since__isnull=False).exclude(version__in=known).order_by("live_since", "version")
    ):
        put_in_force(read(row.data), at=row.live_since, **models)


def _line(sentence: Sentence) -> scripting.Line:
    shown = sentence.help
    return scripting.Line(
        code=sentence.code,
        moment=sentence.moment,
        when_ja=sentence.whens.ja,
        when_en=sentence.whens.en,
        text_ja=sentence.texts.ja,
        text_en=sentence.texts.en,
        rule=sentence.rule,
        question_ja=shown.questions.ja if shown else "",
        question_en=shown.questions.en if shown else "",
        help_order=shown.order if shown else None,
    )
