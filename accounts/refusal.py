"""Words of a transition that refused, put where the reader looks for them."""

from django.forms import Form

from accounts.errors import Refused


def put(form: Form, refused: Refused) -> None:
    """Add the words of `refused` to its fields, or to the whole form when it names none of them."""
    known = {name: words for name, words in refused.fields.items() if name in form.fields}
    for name, words in known.items():
        form.add_error(name, str(words))
    if not known:
        form.add_error(None, str(refused.words))
