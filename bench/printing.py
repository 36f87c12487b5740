"""Certificates against the bare library: CPU time of one call, side by side in one run."""

import statistics
import subprocess
import sys
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from functools import partial
from time import process_time

from weasyprint import HTML

from handover.printing.certificate import certificate_html, certificate_pdf
from handover.printing.faces import BIZ_UD, NOTO, Face
from handover.printing.facts import CertificateFacts, CertificateIssue, Issuer
from handover.printing.preload import preload
from handover.printing.render import VARIANT, style_text

RUNS = 21
Row = tuple[str, float, float, float, float]

ISSUER = Issuer(name="あおぞら通信株式会社", office="登録窓口", seal_text="登録窓口之印")
COLD = """
import django; django.setup()
from bench import printing
from time import process_time
printing.preload(printing.ISSUER)
facts, issue = printing.sample("渡邉 翔", "ja")
times = []
for _ in range(printing.RUNS + 1):
    start = process_time(); printing.certificate_pdf(facts, issue); times.append(process_time() - start)
print(times[0] * 1000, sorted(times[1:])[printing.RUNS // 2] * 1000)
"""


def sample(custodian: str, language: str) -> tuple[CertificateFacts, CertificateIssue]:
    """A certificate of usual length; the custodian's name decides the face."""
    facts = CertificateFacts(
        registration_number="R-2026-004182",
        organisation_name="青葉商事株式会社",
        registered_name="青葉商事株式会社",
        registered_kana="アオバショウジカブシキガイシャ",
        unit="本社 情報システム部",
        corporate_number="1180301018771",
        postal_code="1000005",
        address="東京都千代田区丸の内一丁目2番3号 青葉ビル8階",
        basis="handover",
        custodian_name=custodian,
        custodian_kana="みほん みほん",
        custodian_department="情報システム部",
        since=date(2026, 11, 27),
    )
    issue = CertificateIssue(
        serial="2026-004182-07",
        issued_at=datetime(2026, 11, 27, 10, 20, tzinfo=timezone(timedelta(hours=9))),
        log_sequence=48213,
        check_code="7Q4M2KXH9PTD",
        public_origin="https://touroku.example.jp",
        issuer=ISSUER,
        language=language,
    )
    return facts, issue


def _bare(facts: CertificateFacts, issue: CertificateIssue, face: Face) -> Callable[[], bytes]:
    """The plain call of the library on the same page, with the same style in its head and nothing kept."""
    html = certificate_html(facts, issue).replace("</head>", f"<style>{style_text('certificate', face)}</style></head>")
    return lambda: HTML(string=html).write_pdf(pdf_variant=VARIANT)


def _medians(*calls: Callable[[], object]) -> list[float]:
    """Median CPU milliseconds of each call; they take turns, so that a busy machine slows all alike."""
    times: list[list[float]] = [[] for _ in calls]
    for call in calls:
        call()
    for _ in range(RUNS):
        for call, taken in zip(calls, times, strict=True):
            start = process_time()
            call()
            taken.append((process_time() - start) * 1000)
    return [statistics.median(taken) for taken in times]


def rows() -> list[Row]:
    """Name, bare and own milliseconds of CPU (medians), their ratio, the ratio to stay under. Needs Django set up."""
    found: list[Row] = []
    preload(ISSUER)
    for label, custodian, face in (("BIZ UD", "渡邉 翔", BIZ_UD), ("Noto CJK", "𠮷田 翔", NOTO)):
        facts, issue = sample(custodian, "ja")
        bare, ours = _medians(_bare(facts, issue, face), partial(certificate_pdf, facts, issue))
        found.append((f"certificate, {label}, against bare WeasyPrint", bare, ours, ours / bare, 0.85))
    answer = subprocess.run([sys.executable, "-c", COLD], capture_output=True, text=True, check=True).stdout.split()
    first, median = float(answer[0]), float(answer[1])
    found.append(("first certificate of a ready worker, against its median", median, first, first / median, 2.0))
    return found
