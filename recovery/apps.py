from django.apps import AppConfig

from handover import indexing


class RecoveryConfig(AppConfig):
    name = "recovery"

    def ready(self) -> None:
        """Give the rooms to the left what follows from their acts: the index of the search, counts, mails."""
        from desk import posing as at_desk
        from handover import scanning
        from recovery import posing
        from recovery.matching.index import follow
        from recovery.scanned import tell

        indexing.also_follow(follow)
        at_desk.also_counted(posing)
        scanning.also_tell(tell)
