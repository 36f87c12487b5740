"""The product cards, which the provider keeps (R6)."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.errors import Refused
from accounts.rulebook import check
from audit.record import event
from handover.models import Product
from handover.rules import TABLE

PARTS = ("name", "what", "where", "stops", "cost", "bill", "printed", "whom")
TEXTS = tuple(f"{part}_{language}" for part in PARTS for language in ("ja", "en"))
"""The columns of a card that people write."""


def add_product(*, code: str, texts: Mapping[str, str], actor: Actor, at: datetime) -> Product:
    """Make a product card; `texts` has all of `TEXTS`. Raises `NotAllowed`, `Refused` when the code is taken."""
    with transaction.atomic(durable=True):
        rule = check(TABLE, "add_product", None, actor)
        try:
            with transaction.atomic():
                made = Product.objects.create(code=code, **{column: texts[column] for column in TEXTS})
        except IntegrityError as clash:
            words = _("There is a product with this code already.")
            raise Refused(words, {"code": words}) from clash
        event(rule.event, actor=actor, at=at, subject=f"product:{code}", about=[actor.organisation_label])
        return made


def change_product(*, product_pk: int, texts: Mapping[str, str], actor: Actor, at: datetime) -> Product:
    """Write a product card anew; its code stays. Raises `NotAllowed`, `Refused` when nothing differs."""
    with transaction.atomic(durable=True):
        product = Product.objects.select_for_update(no_key=True).get(pk=product_pk)
        rule = check(TABLE, "change_product", product, actor)
        changed = [column for column in TEXTS if getattr(product, column) != texts[column]]
        if not changed:
            raise Refused(_("Nothing differs from the card as it is."))
        for column in changed:
            setattr(product, column, texts[column])
        product.save(update_fields=changed)
        event(
            rule.event,
            actor=actor,
            at=at,
            subject=f"product:{product.code}",
            about=[actor.organisation_label],
            facts={"changed": changed},
        )
        return product
