"""Deputies of the demo: one is named, and stands in while the person in charge travels."""

from datetime import datetime

from config.demo import holdings, story
from config.demo.story import Story, actor, user
from handover import transitions
from handover.models import Deputy


def a_deputy_stands_in(told: Story) -> None:
    """次郎 is named deputy of the freephone number and stands in while 三郎 is away."""
    told.goes_to(4)
    told.once(_named)
    told.goes_to(3)
    told.once(_activated)


def _named(at: datetime) -> None:
    registration = story.registration(holdings.BILLED)
    transitions.name_deputy(registration_pk=registration.pk, deputy=user("jiro"), actor=actor("saburo"), at=at)


def _activated(at: datetime) -> None:
    deputy = Deputy.objects.current().get(registration=story.registration(holdings.BILLED), user=user("jiro"))
    transitions.activate_deputy(deputy_pk=deputy.pk, reason="海外出張のため", actor=actor("hanako"), at=at)


SCENES = (a_deputy_stands_in,)
