from django.apps import AppConfig

from handover import indexing


class RecoveryConfig(AppConfig):
    name = "recovery"

    def ready(self) -> None:
        """Let the index of the search follow the register, and the desk count what is found behind claims."""
        from desk import posing as at_desk
        from recovery import posing
        from recovery.matching.index import follow

        indexing.also_follow(follow)
        at_desk.also_counted(posing)
