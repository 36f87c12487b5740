"""What can be wrong with a document that is to be printed. The caller words these for the reader."""


class PrintingError(Exception):
    """The document was not made; nothing was written anywhere."""


class FactRefused(PrintingError):
    """A fact is empty, too long or holds a character that cannot be printed.

    `field` is the name of the fact, `reason` one of "empty", "too_long", "control_character", "malformed".
    """

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field, self.reason = field, reason


class MissingCharacter(PrintingError):
    """No installed face has these characters, so they would print as boxes. `characters` holds each once, in order."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        named = ", ".join(f"{text} ({' '.join(f'U+{ord(part):04X}' for part in text)})" for text in characters)
        super().__init__(f"no installed face can print: {named}")
        self.characters = characters


class FacesNotInstalled(PrintingError):
    """A font package is missing on this machine; the message names it."""


class MarkupRefused(PrintingError):
    """The page holds an element, attribute or size that our templates never produce."""


class FetchDenied(PrintingError):
    """The page asked for something other than our own pictures. `urls` are the addresses it asked for."""

    def __init__(self, urls: tuple[str, ...]) -> None:
        super().__init__("denied: " + ", ".join(url[:120] for url in urls))
        self.urls = urls


class DoesNotFit(PrintingError):
    """The text needs more pages than the document may have."""
