"""The way to the renderer, opened when the first document is printed."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from handover.printing.room import Room


def render(
    html: str,
    *,
    sheet: str,
    created_at: datetime,
    pictures: Iterable[str] = (),
    lasting: Iterable[str] = (),
    pages_at_most: int | None = None,
    room: "Room | None" = None,
) -> bytes:
    """Call `render.render` with the same arguments.

    WeasyPrint and its libraries take a second to load, half of a server's start; no page but a document needs them.
    `config.wsgi` loads them a few seconds after the start.
    """
    from handover.printing import render as renderer

    return renderer.render(
        html,
        sheet=sheet,
        created_at=created_at,
        pictures=pictures,
        lasting=lasting,
        pages_at_most=pages_at_most,
        room=room,
    )
