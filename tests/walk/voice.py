"""What the paths of help, feedback and mistakes lead to."""

from typing import Any

from tests.cast import Cast

Arguments = dict[str, list[Any]]
Posts = dict[str, dict[str, Any]]


def paths(cast: Cast) -> tuple[Arguments, Posts]:
    """Make what they lead to; return the arguments of the paths and what is posted to them."""
    addresses: Arguments = {"help": ["bill"]}
    posts: Posts = {}
    return (
        {f"desk:{name}": value for name, value in addresses.items()},
        {f"desk:{name}": value for name, value in posts.items()},
    )
