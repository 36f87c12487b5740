"""Letters to organisations that nobody has claimed, and about them, which came back: one scan each (R3, R5)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import codes
from accounts.actors import Actor
from accounts.errors import WrongState
from accounts.rulebook import check
from handover import activating
from handover.models import Activation, ActivationLetter
from handover.rules import TABLE


def return_activation(*, number: str, actor: Actor, at: datetime) -> Activation:
    """Write down that the letter came back: its code is void, and a new one can be ordered."""
    with transaction.atomic(durable=True):
        activation = activating.lock(number)
        rule = check(TABLE, "return_activation", activation, actor)
        codes.void(subject=activation.label, at=at)
        letter = activation.letters.select_related("activation", "contact_point").get(kind=ActivationLetter.Kind.CODE)
        letter.returned_at = at
        letter.save(update_fields=["returned_at"])
        activating.end(activation, Activation.Status.RETURNED, at)
        activating.write(rule, activation, actor=actor, at=at, marked=activating.mark_returned(letter, at=at))
        return activation


def return_activation_letter(*, letter_pk: int, actor: Actor, at: datetime) -> ActivationLetter:
    """Write down that a letter came back on whose code nothing waits: a notice, or one that was replaced or answered.

    The activation stays where it is; the address is marked wherever the organisation has it. A code letter that is
    still waited for is `return_activation`'s. Raises `NotAllowed`, `WrongState`.
    """
    with transaction.atomic(durable=True):
        activation = activating.lock(
            ActivationLetter.objects.values_list("activation__number", flat=True).get(pk=letter_pk)
        )
        rule = check(TABLE, "return_activation_letter", activation, actor)
        # Read under the lock of the activation: whoever says it a second time waits for it.
        letter = ActivationLetter.objects.select_related("activation", "contact_point").get(pk=letter_pk)
        if letter.printed_at is None or letter.returned_at:
            raise WrongState(_("This has not left yet, or what became of it is known already."))
        if letter.kind == ActivationLetter.Kind.CODE and activation.status == Activation.Status.SENT:
            raise WrongState(_("Its code is still good: write it down on the page of the activation."))
        letter.returned_at = at
        letter.save(update_fields=["returned_at"])
        marked = activating.mark_returned(letter, at=at)
        activating.write(rule, activation, actor=actor, at=at, letter=letter.number, kind=letter.kind, marked=marked)
        return letter
