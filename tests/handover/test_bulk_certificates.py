"""Certificates of many registrations: issued one by one by the worker, whoever is killed, and taken along together."""

import hashlib
import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from accounts.errors import NotAllowed, Refused, WrongState
from audit.models import Event
from handover import bulk, documents, taking, transitions
from handover.models import Blob, BulkItem, BulkJob, Certificate, Registration
from tests.cast import Cast, actor, sign_in
from tests.handover.bulked import LATER, begun, figures, ticking, worked
from tests.handover.printed import pages
from tests.seen import mark, verbs
from tests.stock import NOW, registration

pytestmark = pytest.mark.django_db


def own(cast: Cast, count: int) -> list[Registration]:
    return [registration(cast.aoba, f"R-{number}", custodian=cast.taro) for number in range(1, count + 1)]


def ordered(cast: Cast, rows: list[Registration], *, who: str = "hanako", language: str = "ja") -> BulkJob:
    return begun(cast, rows, who=who, kind="issue_certificates", arguments={"language": language})


def done(cast: Cast, count: int, **how: Any) -> BulkJob:
    job = ordered(cast, own(cast, count), **how)
    bulk.work(job.number, clock=ticking())
    job.refresh_from_db()
    return job


def content(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_worker_issues_one_for_each_and_says_why_not(cast: Cast) -> None:
    rows = own(cast, 4)
    job = ordered(cast, rows, language="en")
    Registration.objects.filter(pk=rows[1].pk).update(status="closed")
    Registration.objects.filter(pk=rows[2].pk).update(registered_name="青葉\U000323af商事")  # no font has it
    since = mark()
    assert bulk.work(job.number, clock=ticking()) is False
    assert figures(job) == ("done", 2, 2, 0)
    assert verbs(since) == ["certificate.issued", "certificate.issued", "job.finished"]
    made = list(Certificate.objects.filter(job=job).order_by("pk"))
    assert [one.registration for one in made] == [rows[0], rows[3]]
    assert {(one.language, one.issued_by) for one in made} == {("en", cast.hanako)}
    reasons = dict(BulkItem.objects.filter(status="failed").values_list("registration__number", "reason"))
    assert reasons["R-2"]
    assert "\U000323af" in reasons["R-3"]


class Killed(BaseException):
    """As a kill is: nothing catches it."""


def test_killed_worker_issues_none_twice(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    job = ordered(cast, own(cast, 3))
    real = bulk.ACTS["issue_certificates"]

    def run(**given: Any) -> None:
        real.run(**given)
        if Certificate.objects.filter(job=job).count() == 2:
            raise Killed

    with monkeypatch.context() as planted:
        planted.setitem(bulk.ACTS, "issue_certificates", replace(real, run=run))
        with pytest.raises(Killed):
            bulk.work(job.number, clock=ticking())
    assert figures(job) == ("running", 1, 0, 2) and Certificate.objects.count() == 2
    bulk.work(job.number, clock=ticking(LATER + timedelta(minutes=10)))
    assert figures(job) == ("done", 3, 0, 0)
    assert Certificate.objects.filter(job=job).count() == Certificate.objects.count() == 3
    assert Event.objects.filter(verb="certificate.issued").count() == 3


def test_job_gives_back_what_it_issued_and_another_job_issues_its_own(cast: Cast) -> None:
    (row,) = own(cast, 1)
    first, second = ordered(cast, [row]), ordered(cast, [row])
    given: dict[str, Any] = {"registration_pk": row.pk, "language": "ja", "actor": actor(cast.hanako), "at": NOW}
    one = transitions.issue_certificate(**given, job_pk=first.pk)
    assert transitions.issue_certificate(**given, job_pk=first.pk) == one
    assert transitions.issue_certificate(**given, job_pk=second.pk) != one
    assert transitions.issue_certificate(**given).job is None


def test_custodian_has_certificates_issued_of_what_they_see_only(cast: Cast, client: Client) -> None:
    rows = own(cast, 2)
    others = registration(cast.aoba, "R-9", custodian=cast.jiro)
    with pytest.raises(NotAllowed):
        begun(cast, rows, who="taro")
    with pytest.raises(Refused, match="2"):
        ordered(cast, [*rows, others], who="taro")
    sign_in(client, cast.taro)
    choice = {"n": ["R-1", "R-2", "R-9"], "scope": "chosen"}
    page = client.get("/bulk/", choice).content.decode()
    assert 'value="issue_certificates"' in page and 'value="take_into_care"' not in page
    assert cast.jiro.display_name not in page  # the people of the house are no business of this form
    given = {**choice, "act": "issue_certificates", "count": "2", "token": "0" * 32, "language": "ja"}
    assert client.post("/bulk/start/", {**given, "language": "tlh"})["Location"].startswith("/bulk/")
    assert not BulkJob.objects.exists()
    assert client.post("/bulk/start/", given).status_code == 302
    assert client.post("/bulk/start/", given).status_code == 302  # a second press
    job = BulkJob.objects.get()
    worked()
    assert figures(job) == ("done", 2, 0, 0)
    assert Certificate.objects.filter(job=job, issued_by=cast.taro).count() == 2


@pytest.mark.parametrize("who", ["jiro", "wakako", "worker", "agent", "operator"])
def test_nobody_else_sees_or_takes_the_certificates(cast: Cast, client: Client, who: str) -> None:
    job = done(cast, 1, who="taro")
    by = getattr(cast, who)
    sign_in(client, by)
    assert client.get(reverse("handover:job", args=[job.number])).status_code == 404
    assert client.post(reverse("handover:take_certificates", args=[job.number])).status_code == 404
    made = taking.prepare(job, way="zip", language="ja", actor=actor(cast.taro), at=LATER)
    with pytest.raises(NotAllowed):
        transitions.take_certificates(taking=made, actor=actor(by), at=LATER)
    made.discard()


def test_zip_holds_the_very_files(cast: Cast, client: Client) -> None:
    job, since = done(cast, 3), mark()
    sign_in(client, cast.hanako)
    page = client.get(reverse("handover:job", args=[job.number])).content.decode()
    assert 'value="zip"' in page and 'value="print"' in page
    response = client.post(reverse("handover:take_certificates", args=[job.number]), {"way": "zip"})
    assert response["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(content(response)))
    assert archive.testzip() is None
    hashes = {hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist() if name.endswith(".pdf")}
    assert hashes == set(Certificate.objects.values_list("blob__sha256", flat=True)) and len(hashes) == 3
    sums = archive.read(f"{job.number}/SHA256SUMS.txt").decode()
    assert all(one in sums for one in hashes) and f"{job.number}/README.txt" in archive.namelist()
    (event,) = Event.objects.filter(sequence__gt=since, verb="certificates.taken")
    assert event.facts == {"kind": "zip", "certificates": 3, "from": 1, "left_out": 0}
    assert event.about == sorted([job.label, "registration:R-1", "registration:R-2", "registration:R-3"])


def test_file_for_printing_has_every_page_and_claims_no_signature(cast: Cast, client: Client) -> None:
    job = done(cast, 3)
    singles = [documents.read_bytes(one.blob) for one in Certificate.objects.order_by("registration__number")]
    sign_in(client, cast.taro)
    assert client.post(reverse("handover:take_certificates", args=[job.number])).status_code == 404
    sign_in(client, cast.hanako)
    response = client.post(reverse("handover:take_certificates", args=[job.number]), {"way": "print"})
    assert "for-printing-only.pdf" in response["Content-Disposition"]
    printed = content(response)
    assert pages(printed) == [text for single in singles for text in pages(single)]
    with pikepdf.open(io.BytesIO(printed)) as merged:
        assert len(merged.pages) == 3 and merged.check_pdf_syntax() == []
        assert "/AcroForm" not in merged.Root and "/Annots" not in merged.pages[0].obj
        assert merged.Root.ViewerPreferences.DisplayDocTitle and job.number in str(merged.docinfo["/Title"])
    # What is the same in all (fonts of the same names, seal, colours) is in it once.
    assert len(printed) < 0.75 * sum(map(len, singles))


def test_what_ended_is_left_out_and_what_is_gone_is_refused(cast: Cast, client: Client) -> None:
    job = done(cast, 2)
    first, second = Certificate.objects.order_by("pk")
    made = taking.prepare(job, way="print", language="ja", actor=actor(cast.hanako), at=LATER)
    transitions.withdraw_certificate(certificate_pk=first.pk, actor=actor(cast.hanako), at=LATER)
    with pytest.raises(WrongState):
        transitions.take_certificates(taking=made, actor=actor(cast.hanako), at=LATER)
    made = taking.prepare(job, way="print", language="ja", actor=actor(cast.hanako), at=LATER)
    assert (made.keys, made.left_out) == ((second.pk,), 1)
    assert transitions.take_certificates(taking=made, actor=actor(cast.hanako), at=LATER) == 1
    transitions.withdraw_certificate(certificate_pk=second.pk, actor=actor(cast.hanako), at=LATER)
    sign_in(client, cast.hanako)
    since = mark()
    address = reverse("handover:take_certificates", args=[job.number])
    assert client.post(address, {"way": "zip"}).status_code == 302
    assert verbs(since) == []


def test_damaged_certificate_refuses_the_whole_before_its_first_byte(cast: Cast, client: Client) -> None:
    job, since = done(cast, 2), mark()
    Blob.objects.filter(certificate__isnull=False).update(sha256="0" * 64)
    sign_in(client, cast.hanako)
    response = client.post(reverse("handover:take_certificates", args=[job.number]), {"way": "print"})
    assert response.status_code == 503 and not response.streaming
    assert verbs(since) == []


def test_running_or_other_jobs_give_no_certificates(cast: Cast, client: Client) -> None:
    rows = own(cast, 2)
    job = ordered(cast, rows)
    bulk.work(job.number, clock=ticking(), piece=1)
    sign_in(client, cast.hanako)
    address = reverse("handover:take_certificates", args=[job.number])
    assert client.post(address, {"way": "zip"}).status_code == 409
    transitions.cancel_bulk(job_pk=job.pk, actor=actor(cast.hanako), at=LATER)
    assert client.post(address, {"way": "zip"}).status_code == 200
    other = begun(cast, rows, at=NOW)
    bulk.work(other.number, clock=ticking())
    assert client.post(reverse("handover:take_certificates", args=[other.number])).status_code == 403


def test_what_was_not_done_is_chosen_once_more_in_one_press(cast: Cast, client: Client) -> None:
    rows = own(cast, 3)
    job = ordered(cast, rows)
    Registration.objects.filter(pk=rows[1].pk).update(status="closed")
    sign_in(client, cast.hanako)
    again = f'href="{reverse("handover:bulk")}?scope=chosen&amp;n=R-2"'
    address = reverse("handover:job", args=[job.number])
    assert again not in client.get(address).content.decode()
    bulk.work(job.number, clock=ticking())
    assert again in client.get(address).content.decode()
    chosen = client.get(reverse("handover:bulk"), {"scope": "chosen", "n": "R-2"}).content.decode()
    assert "R-2" in chosen and "R-1" not in chosen
