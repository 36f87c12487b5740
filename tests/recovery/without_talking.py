"""Kinds of proofs that take a call or a video, and what proves the same in writing."""

INSTEAD = {
    # A live video call with the operator: the chip of a card proves the person without it.
    "P2": ("P1",),
    # A call to the phone of record: a code by letter or mail proves the contact point.
    "C2": ("C1", "C3"),
    # A call to the organisation, never to the claimant: a sealed power of attorney, or a colleague's sign-in.
    "A2": ("A1", "A3"),
}
CHECKED_BY_US = {"O5", "O10", "A4"}
"""What we check by a call of our own to an office or another officer, in which the claimant has no part."""
