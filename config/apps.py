from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Add our own checks to those of `manage.py check`, which every command but `migrate` begins with."""
        from django.core import checks

        from config.checks import scanning, signing

        checks.register(signing)
        checks.register(scanning)
