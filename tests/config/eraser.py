"""Errands of a place whose papers are erased; run by tests/config/places.py like those of the keeper."""

import json
import sys
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from accounts.models import User

WORDS = "山田花の診断書"


def keep() -> None:
    """Keep three papers: one to be erased whole, one of which one version goes, one that stays."""
    import uuid

    from accounts.models import User
    from handover import transitions
    from handover.models import Registration
    from tests.cast import actor
    from tests.handover.paper_files import incoming, kept
    from tests.stock import NOW

    taro = User.objects.get(email="taro@aoba.example")
    held = Registration.objects.get(number="R-1")
    for title in (WORDS, "二版", "残る"):
        made = kept(held, taro, title=title, name=f"{title}.txt", body=f"{title} 一".encode())
        transitions.add_version(
            document_pk=made.pk,
            expires_on=None,
            paper=incoming(f"{title}.txt", f"{title} 二".encode()),
            token=uuid.uuid4(),
            actor=actor(taro),
            at=NOW,
        )


def erase() -> None:
    """Erase the first paper whole and the first version of the second; take back the proposal of the third."""
    from accounts.models import User
    from handover import transitions
    from handover.models import Document
    from tests.cast import actor
    from tests.handover.erased import agreed, proposed
    from tests.stock import NOW

    taro, hanako = (User.objects.get(email=f"{name}@aoba.example") for name in ("taro", "hanako"))
    first, second, third = Document.objects.order_by("pk")
    agreed(proposed(first, taro), hanako)
    agreed(proposed(second, hanako, number=1), _newcomer())
    transitions.withdraw_erasure(erasure_pk=proposed(third, taro).pk, actor=actor(taro), at=NOW)


def _newcomer() -> "User":
    """An administrator whom no older backup knows."""
    from accounts.models import Organisation, Role
    from tests.cast import somebody

    aoba = Organisation.objects.get(legal_name="青葉商事株式会社")
    return somebody(aoba, "相沢 礼", "アイザワ レイ", "rei@aoba.example", Role.ADMINISTRATOR)


def tell() -> None:
    """Print what of each version is there, and the verbs of erasing."""
    from audit.models import Event
    from handover import documents
    from handover.models import DocumentVersion, Erasure

    found = {}
    for version in DocumentVersion.objects.select_related("blob", "document").order_by("pk"):
        try:
            words = documents.read_bytes(version.blob).decode()
        except documents.Erased:
            words = "erased"
        found[f"{version.document_id}.{version.number}"] = [words, version.file_name, version.blob.name]
    verbs = Event.objects.filter(verb__startswith="erasure.").order_by("sequence").values_list("verb", flat=True)
    people = [
        [row.proposed_by and row.proposed_by.email, row.decided_by and row.decided_by.email]
        for row in Erasure.objects.filter(status="erased").order_by("document_id")
    ]
    print(json.dumps({"versions": found, "verbs": list(verbs), "people": people}))


if __name__ == "__main__":
    django.setup()
    {each.__name__: each for each in (keep, erase, tell)}[sys.argv[1]]()
