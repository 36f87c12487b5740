"""Pages of the desk's own things, a file an area."""

from desk.views.finding import is_first_press, page_of, visible

__all__ = ["is_first_press", "page_of", "visible"]
