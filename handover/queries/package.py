"""Reads for the whole package of one registration."""

from django.db.models import Prefetch, QuerySet

from handover.models import Certificate, Custody, Document, DocumentVersion, Handover, Registration


def papers_of(registration: Registration) -> list[Document]:
    """Return the papers of `registration` in the order they came; `oldest_first` on each holds its versions.

    Papers under seal are not among them: whoever takes a package does not break a seal.
    """
    versions = DocumentVersion.objects.select_related("blob").order_by("number")
    rows = Document.objects.filter(registration=registration).exclude(kind__in=Document.SEALED).order_by("pk")
    return list(rows.prefetch_related(Prefetch("versions", versions, to_attr="oldest_first")))


def certificates_of(registration: Registration) -> QuerySet[Certificate]:
    """Return every certificate of `registration` with its bytes, the oldest first."""
    return Certificate.objects.filter(registration=registration).select_related("blob").order_by("pk")


def finished_handovers_of(registration: Registration) -> QuerySet[Handover]:
    """Return the handovers that changed who holds `registration`, the oldest first."""
    finished = Handover.objects.filter(status__in=Handover.DONE, receipt_facts__isnull=False)
    return finished.filter(items__registration=registration).distinct().order_by("effective_at", "pk")


def periods_of(registration: Registration) -> QuerySet[Custody]:
    """Return the whole chain of custody, the oldest period first."""
    return Custody.objects.filter(registration=registration).select_related("user").order_by("from_at", "pk")
