from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "desk"

    def ready(self) -> None:
        from desk import promising
        from handover import departing

        # Whoever's membership ends leaves no promise behind: docs/decisions/0030-promises.md.
        departing.also_pass(promising.pass_on)
