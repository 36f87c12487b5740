"""Why nothing can be signed. The texts are for whoever runs the installation; they name settings, never a secret."""


class SigningError(Exception):
    """Nothing was signed, and so nothing was issued."""


class KeyUnusable(SigningError):
    """The key, its certificate or their settings are wrong; the message says which and what to do."""


class TimestampMissing(SigningError):
    """A time-stamp service is configured, but gave no time stamp."""
