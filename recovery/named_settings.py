"""The settings that the provider may make itself while business stands still: a list of the configuration, no code.

Each is reversible and shows nothing of what is on record. `URGENT_SETTINGS` names them:
`{"forwarding": {"ja": "…", "en": "…", "products": ["LAN-1"]}}`; without `products` it is for every product.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation

from handover.models import Registration


@dataclass(frozen=True)
class NamedSetting:
    """One setting by its code, with its name in both languages."""

    code: str
    ja: str
    en: str

    @property
    def name(self) -> str:
        return self.en if (translation.get_language() or "ja").startswith("en") else self.ja


def settings_for(registration: Registration) -> list[NamedSetting]:
    """Return what can be set for `registration`, by its product, in the order of the list."""
    product = registration.product.code if registration.product else ""
    listed: Mapping[str, Mapping[str, Any]] = settings.URGENT_SETTINGS
    return [
        NamedSetting(code, entry["ja"], entry["en"])
        for code, entry in listed.items()
        if not entry.get("products") or product in entry["products"]
    ]


def find(registration: Registration, code: str) -> NamedSetting | None:
    """Return the setting called `code` if it can be made for `registration`."""
    return next((one for one in settings_for(registration) if one.code == code), None)
