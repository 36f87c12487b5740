"""Reads for certificates."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from accounts.actors import Actor
from handover.models import BulkJob, Certificate, Registration


def _whole() -> QuerySet[Certificate]:
    return Certificate.objects.select_related("registration__organisation", "blob")


def find_by_code(code: str) -> Certificate | None:
    """Return the certificate with this check code (plain, upper case)."""
    return _whole().filter(check_code=code).first()


def find_by_hash(sha256: str) -> Certificate | None:
    """Return the certificate whose stored file has this hash."""
    return _whole().filter(blob__sha256=sha256).first()


def find_by_codes(codes: Iterable[str]) -> Certificate | None:
    """Return a certificate with one of these check codes."""
    return _whole().filter(check_code__in=list(codes)).order_by("pk").first()


def latest_signer() -> str:
    """Return the print of the key that signed last, "" when none did yet."""
    signed = Certificate.objects.exclude(signed_by="").order_by("-pk")
    return signed.values_list("signed_by", flat=True).first() or ""


def visible_to(actor: Actor, at: datetime) -> QuerySet[Certificate]:
    """Return the certificates of the registrations that `actor` may see."""
    return _whole().filter(registration__in=Registration.objects.visible_to(actor, at))


def of_registration(registration: Registration) -> QuerySet[Certificate]:
    """Return the certificates of `registration`, newest first."""
    return Certificate.objects.filter(registration=registration).select_related("issued_by").order_by("-pk")


def issued_so_far(registration: Registration) -> int:
    """Count the certificates of `registration`, for the next serial."""
    return Certificate.objects.filter(registration=registration).count()


def find_registration(number: str) -> Registration | None:
    """Return the registration called `number`, for commands of the provider."""
    return Registration.objects.filter(number=number).first()


def issued_for(job_pk: int | None, registration_pk: int) -> Certificate | None:
    """Return the certificate that a job issued for a registration; None without a job."""
    if job_pk is None:
        return None
    return _whole().filter(job=job_pk, registration=registration_pk).first()


def of_job(job: BulkJob, actor: Actor, at: datetime) -> QuerySet[Certificate]:
    """Return what `job` issued and still holds, of the registrations that `actor` may see now, by their number."""
    rows = visible_to(actor, at).filter(job=job, status=Certificate.Status.VALID)
    return rows.order_by("registration__number", "pk")
