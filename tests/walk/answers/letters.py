"""Answers of the paths of letters in and out, and of formal answers: the desk releases and prints nothing."""

LETTERS: dict[str, tuple[str, str]] = {
    "desk:letters": ("200 casework | 403 rest", "405 rest"),
    "desk:close_letter": ("405 rest", ">desk:inquiry! callers | 403 lookers | 404 rest"),
    "desk:note_letter_in": (
        "200 callers | 403 lookers | 404 rest",
        ">desk:inquiry! callers | 403 lookers | 404 rest",
    ),
    "desk:note_letter_out": (
        "200 operator | 403 not_operator | 404 rest",
        ">desk:inquiry! operator | 403 not_operator | 404 rest",
    ),
    # The desk writes in its own fixed words.
    "desk:draft_answer": (
        "200 callers | 403 lookers | 404 rest",
        ">desk:answer! callers | 403 lookers | 404 rest",
    ),
    # What operators write is not there for the desk before it leaves; whoever wrote it does not release it.
    "desk:answers": ("200 callers approving | 403 rest", "405 rest"),
    "desk:answer": ("200 operator lookers | 404 rest", "405 rest"),
    "desk:answer_pdf": ("200 operator lookers | 404 rest", "405 rest"),
    "desk:change_answer": (
        "200 operator | 403 lookers | 404 rest",
        ">desk:answer! operator | 403 lookers | 404 rest",
    ),
    "desk:propose_answer": ("405 rest", ">desk:answer! operator | 403 lookers | 404 rest"),
    "desk:send_back_answer": (
        "200 approving | 403 operator auditor | 404 rest",
        ">desk:answer! approving | 403 operator auditor | 404 rest",
    ),
    "desk:release_answer": (
        "200 approving | 403 operator auditor | 404 rest",
        ">desk:answer! approving | 403 operator auditor | 404 rest",
    ),
    "desk:withdraw_answer": (
        "200 operator | 403 lookers | 404 rest",
        ">desk:answer! operator | 403 lookers | 404 rest",
    ),
    "desk:print_answers": ("405 rest", "200! operator | 403 rest"),
    # The inquirer's own: without both codes they lead to where the codes are asked for.
    "recovery:written_answer": (">recovery:status rest", "405 rest"),
}
