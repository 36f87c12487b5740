"""What a rule answers when it says no. config.errors turns these into pages; forms show `Refused` at the field."""

from collections.abc import Mapping

from django.utils.functional import Promise

Words = str | Promise


class DomainError(Exception):
    """A rule said no. `words` tell the reader why and what to do next, in the reader's language."""

    def __init__(self, words: Words) -> None:
        super().__init__(words)
        self.words = words


class NotAllowed(DomainError):
    """This person may not do this (403)."""


class TooMuch(NotAllowed):
    """This person did more of it than the limit allows, and is stopped until somebody looked (429)."""


class WrongState(DomainError):
    """The thing is no longer in a state that allows this (409); the words say what it is now."""


class Refused(DomainError):
    """The input cannot be taken; `fields` maps field names to words, empty for the whole form."""

    def __init__(self, words: Words, fields: Mapping[str, Words] | None = None) -> None:
        super().__init__(words)
        self.fields = dict(fields or {})
