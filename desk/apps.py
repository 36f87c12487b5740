from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"

    def ready(self) -> None:
        from desk import announcer, promising
        from handover import announced, departing

        # Whoever's membership ends leaves no promise and no letter behind: docs/decisions/0030-promises.md.
        departing.also_pass(promising.pass_on)
        departing.also_pass(promising.pass_on_letters)
        # Whatever leaves handover is announced first: docs/decisions/0038-every-letter-is-announced.md.
        announced.announce_by(announcer)
