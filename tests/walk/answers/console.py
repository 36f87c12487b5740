"""Answers of the console: whoever takes calls has it, and each act needs a running call that fits it.

The agent is on a call about an inquiry, the operator on one about nothing yet, the supervisor on none.
"""

CONSOLE: dict[str, tuple[str, str]] = {
    "recovery:console": ("200 callers | 403 rest", "405 rest"),
    "recovery:console_of": ("200 callers | 403 rest", "405 rest"),
    "desk:begin_call": (
        "200 callers | 403 rest",
        ">recovery:console! supervisor | 409 agent operator | 403 rest",
    ),
    "desk:go_on_with": (
        "200 agent operator | 409 supervisor | 403 rest",
        ">recovery:console! operator | 409 agent supervisor | 403 rest",
    ),
    "desk:take_down": (
        ">recovery:console agent | 200 operator | 409 supervisor | 403 rest",
        "200! operator | 409 agent supervisor | 403 rest",
    ),
    "desk:promise": (
        "200 agent | 409 operator supervisor | 403 rest",
        ">recovery:console! agent | 409 operator supervisor | 403 rest",
    ),
    "desk:warn_caller": (
        "200 agent operator | 409 supervisor | 403 rest",
        ">recovery:console! agent operator | 409 supervisor | 403 rest",
    ),
    "desk:end_call": (
        "200 agent operator | 409 supervisor | 403 rest",
        ">recovery:console! agent operator | 409 supervisor | 403 rest",
    ),
    "desk:switch_keys": ("405 rest", ">recovery:console callers | 403 rest"),
    "desk:take_over_call": ("405 rest", ">recovery:console! supervisor | 403 rest"),
}
