"""Answers of the figures of the desk: a supervisor's own agency, and all for the provider."""

FIGURES: dict[str, tuple[str, str]] = {
    "desk:figures": ("200 supervisor provider | 403 rest", "405 rest"),
    "desk:figures_csv": ("200 supervisor provider | 403 rest", "405 rest"),
}
