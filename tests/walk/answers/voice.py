"""Answers about help, feedback, mistakes of our own, and escalations that become scripts."""

VOICE: dict[str, tuple[str, str]] = {
    "desk:helps": ("200 rest", "405 rest"),
    "desk:help": ("200 rest", "405 rest"),
    # Words to say are for everybody of the staff; what becomes a sentence is for an editor.
    "desk:scripts": ("200 staff | 403 rest", "405 rest"),
    "desk:script_task": ("200 editor | 403 rest", ">desk:scripts! editor | 403 rest"),
    "recovery:draft_script": ("200 editor | 403 rest", ">recovery:procedures! editor | 403 rest"),
    "recovery:add_script": ("200 editor | 403 rest", ">recovery:procedures! editor | 403 rest"),
    "desk:pass_on": (
        "200 agent supervisor | 403 operator lookers | 404 rest",
        ">desk:inquiry! agent supervisor | 403 operator lookers | 404 rest",
    ),
    "desk:send_feedback": ("200 rest", "200! rest"),
    "desk:record_feedback": (
        "200 callers | 403 lookers | 404 rest",
        ">desk:inquiry! callers | 403 lookers | 404 rest",
    ),
    "desk:feedback": ("200 staff | 403 rest", "405 rest"),
    "desk:challenge_rule": ("200 staff | 403 rest", ">desk:feedback! staff | 403 rest"),
    "desk:one_feedback": ("200 agent supervisor operator senior editor auditor | 404 rest", "405 rest"),
    "desk:share_feedback": (
        "405 rest",
        ">desk:one_feedback! operator senior editor | 403 agent supervisor auditor | 404 rest",
    ),
    "desk:answer_feedback": (
        "405 rest",
        ">desk:one_feedback! operator senior editor | 403 agent supervisor auditor | 404 rest",
    ),
    "desk:tell_feedback": ("405 rest", ">desk:feedback! callers | 403 senior editor auditor | 404 rest"),
    "desk:mistakes": ("200 casework | 403 rest", "405 rest"),
    "desk:record_mistake": ("200 callers | 403 rest", ">desk:mistakes! callers | 403 rest"),
    "desk:mistake": ("200 callers senior auditor | 404 rest", "405 rest"),
    "desk:name_registration": ("405 rest", ">desk:mistake! operator senior | 403 agent supervisor auditor | 404 rest"),
    "desk:mend_mistake": ("405 rest", ">desk:mistake! operator senior | 403 agent supervisor auditor | 404 rest"),
    "desk:close_mistake": ("405 rest", ">desk:mistake! operator senior | 403 agent supervisor auditor | 404 rest"),
}
