"""Answers about help, feedback, mistakes of our own, and escalations that become scripts."""

VOICE: dict[str, tuple[str, str]] = {
    "desk:helps": ("200 rest", "405 rest"),
    "desk:help": ("200 rest", "405 rest"),
}
