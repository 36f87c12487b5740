from django.apps import AppConfig

from handover import indexing


class RecoveryConfig(AppConfig):
    name = "recovery"

    def ready(self) -> None:
        """Let the index of the search for a lost registration follow the register."""
        from recovery.matching.index import follow

        indexing.also_follow(follow)
