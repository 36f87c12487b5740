"""Answers about promises: who hands them over, ends them, pauses the clock, prints what is owed in writing."""

PROMISES: dict[str, tuple[str, str]] = {
    "desk:close_hold": ("200 callers | 403 lookers | 404 rest", ">recovery:claim! callers | 403 lookers | 404 rest"),
    "desk:shift": ("200 callers | 403 rest", ">desk:queue! agent | 200 supervisor operator | 403 rest"),
    # A supervisor for the own people; whose colleague it is not, there is nobody.
    "desk:shift_of": (
        "200 agent supervisor | 404 rest",
        ">desk:queue! agent supervisor | 404 rest",
    ),
    "desk:climbed": ("200 supervisor senior | 403 rest", "405 rest"),
    "desk:close_inquiry": (
        "200 callers | 403 lookers | 404 rest",
        ">desk:inquiry! callers | 403 lookers | 404 rest",
    ),
    "desk:reopen_inquiry": ("405 rest", ">desk:inquiry! callers | 403 lookers | 404 rest"),
    "desk:remind": ("200 callers | 403 lookers | 404 rest", ">desk:inquiry! callers | 403 lookers | 404 rest"),
    "desk:pause": ("200 callers | 403 lookers | 404 rest", ">desk:inquiry! callers | 403 lookers | 404 rest"),
    "desk:resume": ("405 rest", ">desk:inquiry! callers | 403 lookers | 404 rest"),
    "desk:needs": ("200 callers | 403 lookers | 404 rest", ">desk:inquiry! callers | 403 lookers | 404 rest"),
    "desk:words": ("200 operator | 403 rest", "405 rest"),
    "desk:print_words": ("405 rest", "200! operator | 403 rest"),
    # Public: without receipt number and tracking code it leads to where they are asked for.
    "recovery:inquiry": (">recovery:status rest", "405 rest"),
    "recovery:take_up": (">recovery:status rest", ">recovery:status rest"),
}
