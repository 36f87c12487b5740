"""Answers about the people of the desk: undertakings, the team."""

PEOPLE: dict[str, tuple[str, str]] = {
    "desk:team": ("200 supervisor senior | 403 rest", "405 rest"),
    "accounts:undertakings": ("200 supervisor senior auditor | 403 rest", "405 rest"),
    "accounts:publish_undertaking": ("200 senior | 403 rest", ">accounts:undertaking! senior | 403 rest"),
    "accounts:signed_undertaking": ("200 agent supervisor senior auditor | 404 rest", "405 rest"),
    "accounts:signed_words": ("200 agent supervisor senior auditor | 404 rest", "405 rest"),
}
