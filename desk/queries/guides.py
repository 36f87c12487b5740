"""The table of identities: what each kind of question needs, by product line."""

from desk.models import UseGuide
from handover.models import Product


def current() -> dict[tuple[int | None, str], UseGuide]:
    """Return the newest row of each line and kind; the line None is for all that have no row of their own."""
    rows = UseGuide.objects.select_related("product").order_by("pk")
    return {(row.product_id, row.kind): row for row in rows}


def guide_for(product_pk: int | None, kind: str) -> UseGuide | None:
    """Return what counts for a question of `kind` about a product line: its own row, else that for all."""
    rows = UseGuide.objects.filter(kind=kind).select_related("product")
    own = rows.filter(product=product_pk).order_by("-pk").first() if product_pk else None
    return own or rows.filter(product=None).order_by("-pk").first()


def table() -> list[tuple[str, list[UseGuide]]]:
    """Return the table as it is read: the name of each line, "" for all, with its rows in the order of the kinds."""
    order = {kind: place for place, kind in enumerate(UseGuide.Kind.values)}
    lines: dict[str, list[UseGuide]] = {"": []}
    for row in sorted(current().values(), key=lambda one: (one.product_id or 0, order[one.kind])):
        lines.setdefault(row.product.name if row.product else "", []).append(row)
    return list(lines.items())


def lines() -> list[tuple[str, str]]:
    """Return code and name of each product line, by its code."""
    return [(product.code, product.name) for product in Product.objects.order_by("code")]


def find_line(code: str) -> Product | None:
    """Return the product line with this code."""
    return Product.objects.filter(code=code).first()
