"""What a worker does before its first document, so that nobody waits for fonts to be read."""

from datetime import UTC, date, datetime

from handover.printing.certificate import certificate_pdf
from handover.printing.faces import BIZ_UD, NOTO, coverage
from handover.printing.facts import CertificateFacts, CertificateIssue, Issuer


def preload(issuer: Issuer) -> None:
    """Read fonts and style sheets, draw ground and seal, and print one certificate in each usual face to nowhere.

    Takes one to two seconds: call it in a worker before it takes work, not on the way to the first page.
    """
    for face in (BIZ_UD, NOTO):
        coverage(face.serif)
        coverage(face.sans)
    issue = CertificateIssue(
        serial="0",
        issued_at=datetime(2026, 1, 1, tzinfo=UTC),
        log_sequence=0,
        check_code="0" * 12,
        public_origin="https://example.jp",
        issuer=issuer,
    )
    for name in ("山田 太郎", "𠮷田 太郎"):
        facts = CertificateFacts(
            registration_number="0",
            organisation_name="見本",
            registered_name="見本",
            address="見本",
            custodian_name=name,
            custodian_kana="みほん みほん",
            since=date(2026, 1, 1),
        )
        certificate_pdf(facts, issue)
