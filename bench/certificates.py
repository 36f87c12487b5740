"""A certificate as the product issues it, from row to stored bytes and event, against the bare library on its HTML.

Measured in processes and databases of their own: `python -m bench.certificates one` and `many` print rows as JSON.
"""

import io
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

Row = tuple[str, float, float, float, float]
RUNS = 21
MANY = int(os.environ.get("BENCH_CERTIFICATES", "1000"))
PIECE, FEW = 25, 150
"""Certificates of the job, of one piece of it, and after how many its memory is looked at for the first time."""
AT = datetime(2026, 11, 27, tzinfo=UTC)


def rows() -> list[Row]:
    """Name, bare ms, our ms, ratio and the ratio aimed at. Memory tells of the job alone: it has its own process."""
    return _measured("one") + _measured("many")


def _measured(what: str) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DATA_DIR": folder,
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "DEBUG": "off",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "LOG_LEVEL": "ERROR",
        }
        done = subprocess.run(
            [sys.executable, "-m", "bench.certificates", what],
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
    return [tuple(row) for row in json.loads(done.stdout.splitlines()[-1])]


def measure(what: str) -> list[Row]:
    """The rows of `one` certificate or of `many`, in a worker made ready."""
    from django.core.management import call_command

    from handover.printing.preload import preload
    from handover.receipts import issuer
    from handover.signing import signer

    call_command("migrate", verbosity=0)
    registration, actor = _registration()
    preload(issuer("ja"))
    signer.warm(at=AT)
    return (_one if what == "one" else _many)(registration, *_calls(registration, actor))


def _one(registration: Any, issue: Callable[[], Any], bare: Callable[[], object]) -> list[Row]:
    """Issued and printed by turns, so that a busy machine weighs on both; the first one is that of a ready worker."""
    first = _taken(issue)
    naive, ours = _by_turns(bare, issue)
    simple, kept = _by_turns(*_signing())
    size = issue().blob.size / 1000
    return [
        ("certificate issued, row to signed, stored bytes / bare WeasyPrint", naive, ours, ours / naive, 0.85),
        ("first certificate issued by a ready worker / its median", ours, first, first / ours, 2.0),
        ("signature / SimpleSigner with RSA-3072", simple, kept, kept / simple, 0.1),
        ("size of a usual certificate, signed, in kB / the most", 250.0, size, size / 250, 1.0),
    ]


def _many(registration: Any, issue: Callable[[], Any], bare: Callable[[], object]) -> list[Row]:
    """A job, with single calls between its pieces; then everything that it issued leaves, in both ways."""
    from accounts.models import Membership, Role
    from handover import bulk
    from handover.models import BulkJob

    user = Membership.objects.get().user
    Membership.objects.update(role=Role.ADMINISTRATOR)
    job = _job(registration, user)
    ours, alone, sizes = [], [], []
    while len(sizes) * PIECE < MANY:
        ours.append(_taken(lambda: bulk.work(job.number, clock=lambda: AT, piece=PIECE)) / PIECE)
        alone += [_taken(issue) for _turn in range(max(1, 2 * RUNS * PIECE // MANY))]
        sizes.append(_resident())
    done = BulkJob.objects.counted().get(pk=job.pk)
    if (done.done, done.failed) != (MANY, 0):
        raise RuntimeError(f"the job issued {done.done} and failed in {done.failed}")
    each, single = statistics.median(ours), statistics.median(alone)
    first, early, after = sizes[0], sizes[min(FEW // PIECE, len(sizes)) - 1], sizes[-1]
    most, leaving = _leaving(job, user)
    return [
        (f"a PDF of a job over {MANY} / a warm single call", single, each, each / single, 1.1),
        (f"MiB of the worker after {FEW} of a job / after {PIECE}", first, early, early / first, 1.05),
        (f"MiB of the worker after {MANY} of a job / after {FEW}", early, after, after / early, 1.05),
        ("MiB at most while a ZIP and a printing file of all leave / before", after, most, most / after, 1.05),
        (f"printing file, a certificate of {MANY} / a warm single call", single, leaving, leaving / single, 0.2),
    ]


def _leaving(job: Any, user: Any) -> tuple[float, float]:
    """MiB at most while both files leave; CPU ms a certificate of the one for printing."""
    from accounts.actors import find_actor
    from handover import taking

    actor, most, milliseconds = find_actor(user), 0.0, 0.0
    for way in taking.WAYS:
        began = time.process_time()
        for _piece in taking.prepare(job, way=way, language="ja", actor=actor, at=AT).pieces():
            most = max(most, _resident())
        milliseconds = milliseconds or (time.process_time() - began) * 1000 / MANY
    return most, milliseconds


def _job(registration: Any, user: Any) -> Any:
    from accounts.actors import find_actor
    from handover import custody, transitions
    from handover.models import Registration

    rows = []
    for number in range(MANY):
        registration.pk, registration.number = None, f"R-2026-{number:06d}"
        registration._state.adding = True
        registration.save()
        row = Registration.objects.get(number=registration.number)
        custody.begin(row, user, basis="registered", at=AT)
        rows.append(row.pk)
    return transitions.start_bulk(
        kind="issue_certificates",
        registration_pks=rows,
        confirmed=MANY,
        arguments={"language": "ja"},
        token=uuid.uuid4(),
        actor=find_actor(user),
        at=AT,
    )


def _resident() -> float:
    """MiB of memory that the process has now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _taken(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return (time.process_time() - began) * 1000


def _by_turns(first: Callable[[], object], second: Callable[[], object]) -> tuple[float, float]:
    """Median CPU milliseconds of both."""
    taken: tuple[list[float], list[float]] = ([], [])
    for turn in range(RUNS + 3):
        for place, call in enumerate((first, second)):
            milliseconds = _taken(call)
            if turn > 2:
                taken[place].append(milliseconds)
    return statistics.median(taken[0]), statistics.median(taken[1])


def _signing() -> tuple[Callable[[], object], Callable[[], object]]:
    """pyHanko's own signer as its documentation calls it, and ours, on the same page with the same key."""
    from django.conf import settings
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf

    from bench.printing import sample
    from handover.printing.certificate import certificate_pdf
    from handover.signing import signer

    facts, issue = sample("渡邉 翔", "ja")
    room = signer.room(at=issue.issued_at, signer=issue.issuer.name)
    plain, roomy = certificate_pdf(facts, issue), certificate_pdf(facts, issue, room)
    wanted = PdfSignatureMetadata(
        field_name="Certification",
        certify=True,
        docmdp_permissions=MDPPerm.NO_CHANGES,
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
    )

    def simple() -> object:
        read = SimpleSigner.load(settings.SIGNING_FILE, settings.SIGNING_FILE)
        return sign_pdf(IncrementalPdfFileWriter(io.BytesIO(plain)), wanted, signer=read)

    return simple, lambda: signer.sign(roomy, room)


def _registration() -> tuple[Any, Any]:
    from accounts.actors import find_actor
    from accounts.models import Membership, Organisation, Role, User
    from handover import custody
    from handover.models import Registration

    home = Organisation.objects.create(kind="customer", legal_name="青葉商事株式会社", corporate_number="1010001000006")
    user = User.objects.create(
        email="taro@aoba.example", display_name="渡邉 太郎", kana="ワタナベ タロウ", date_joined=AT
    )
    Membership.objects.create(user=user, organisation=home, role=Role.MEMBER, since=AT)
    registration = Registration.objects.create(
        number="R-2026-004182",
        organisation=home,
        registered_name="青葉商事株式会社",
        registered_kana="アオバショウジカブシキガイシャ",
        unit="情報システム部",
        postal_code="1000005",
        address="東京都千代田区丸の内一丁目2番3号 青葉ビル8階",
        registered_at=AT,
    )
    custody.begin(registration, user, basis="registered", at=AT)
    return registration, find_actor(user)


def _calls(registration: Any, actor: Any) -> tuple[Callable[[], Any], Callable[[], object]]:
    from weasyprint import HTML

    from handover import transitions
    from handover.printing.certificate import certificate_html
    from handover.printing.faces import BIZ_UD
    from handover.printing.render import VARIANT, style_text
    from handover.transitions.certificates import _prepare

    facts, issue = _prepare(registration, "ja", AT)
    style = f"<style>{style_text('certificate', BIZ_UD)}</style></head>"
    html = certificate_html(facts, issue, signed=True).replace("</head>", style)

    def ours() -> Any:
        return transitions.issue_certificate(registration_pk=registration.pk, language="ja", actor=actor, at=AT)

    def bare() -> object:
        return HTML(string=html).write_pdf(pdf_variant=VARIANT)

    return ours, bare


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(measure(sys.argv[1])))
