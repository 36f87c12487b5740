"""The checks of a running call, wherever it stands on a page: `{% call_checks call as lines %}`."""

from django import template
from django.template import Context

from desk.forms import CheckLine, check_panel
from desk.models import Call

register = template.Library()


@register.simple_tag(takes_context=True)
def call_checks(context: Context, call: Call) -> list[CheckLine]:
    """Return the checks of `call` with their forms, in one query; those that the view prepared as they are."""
    prepared: list[CheckLine] | None = context.get("lines_of_checks")
    request = context["request"]
    return prepared if prepared is not None else check_panel(call, request.actor, request.at)
