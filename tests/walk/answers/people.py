"""Answers about the people of the desk: undertakings, the team."""

PEOPLE: dict[str, tuple[str, str]] = {
    "handover:canaries": ("200 senior auditor | 403 rest", "405 rest"),
    "handover:mark_canary": (
        "200 senior editor | 403 rest",
        ">handover:canaries! senior | >handover:mark_canary! editor | 403 rest",
    ),
    "handover:end_canary": ("405 rest", ">handover:canaries! senior | 403 auditor | 404 rest"),
    "desk:person_notes": (
        "200 casework | 404 rest",
        ">desk:person_notes! callers | 403 lookers | 404 rest",
    ),
    "desk:remove_person_note": ("405 rest", ">desk:person_notes! supervisor senior | 403 casework | 404 rest"),
    "desk:team": ("200 supervisor senior | 403 rest", "405 rest"),
    "accounts:undertakings": ("200 supervisor senior auditor | 403 rest", "405 rest"),
    "accounts:propose_undertaking": ("200 senior editor | 403 rest", "409 senior editor | 403 rest"),
    "accounts:publish_undertaking": ("200 senior editor | 403 rest", ">accounts:undertaking! senior | 403 rest"),
    "accounts:drop_undertaking": ("405 rest", ">accounts:propose_undertaking! senior editor | 403 rest"),
    "accounts:signed_undertaking": ("200 agent supervisor senior auditor | 404 rest", "405 rest"),
    "accounts:signed_words": ("200 agent supervisor senior auditor | 404 rest", "405 rest"),
}
