from django.apps import AppConfig

from handover import indexing


class RecoveryConfig(AppConfig):
    name = "recovery"

    def ready(self) -> None:
        """Let the index of the search follow the register, and claimants hear of malware in what they sent."""
        from handover import scanning
        from recovery.matching.index import follow
        from recovery.scanned import tell

        indexing.also_follow(follow)
        scanning.also_tell(tell)
