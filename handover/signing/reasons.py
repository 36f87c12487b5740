"""What can be wrong with a presented file, as codes. The page words them; the checking child writes them."""

from dataclasses import dataclass
from enum import Enum


class Reason(Enum):
    """Why a file is not accepted."""

    CHANGED = "changed"  # bytes under the signature are others
    UNSIGNED = "unsigned"  # there is no signature
    FOREIGN = "foreign"  # signed, but by nobody of ours
    APPENDED = "appended"  # added after it was signed: a revision, another signature, bytes behind the end
    UNCOVERED = "uncovered"  # the signature says that it stands for only a part
    DAMAGED = "damaged"  # what should be the signature is none
    PERMISSION = "permission"  # it no longer says that nothing may be changed
    BROKEN = "broken"  # no PDF of the kind we make
    UNRECORDED = "unrecorded"  # our signature is good, but the register knows no such file
    UNCHECKED = "unchecked"  # too large, too laborious, or the check did not end


@dataclass(frozen=True)
class Verdict:
    """`reason` is None when the file is exactly as `signer` left it; `signer` is "" when it is none of ours."""

    reason: Reason | None
    signer: str = ""
