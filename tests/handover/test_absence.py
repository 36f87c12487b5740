"""Who cannot be reached: mail that failed for good, post that came back, 13 months of silence (R7)."""

import smtplib
from datetime import datetime, timedelta
from email import message_from_string
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.core.mail.backends.base import BaseEmailBackend
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.errors import NotAllowed, WrongState
from accounts.models import User
from audit import record
from audit.record import System
from handover import clock, transitions
from handover.models import Attestation, ContactPoint, Custody, Deputy, GapAlert, MailTrouble, Registration
from handover.queries import absence as queries
from outbox import bounces, delivery, post
from outbox.models import Notice
from tests import seen
from tests.cast import Cast, actor
from tests.stock import NOW, START, accepted, registration

CLOCK = System("clock")
LATER = NOW + timedelta(days=1)


def in_sight(at: datetime = NOW) -> None:
    User.objects.update(last_login=at)


def run(at: datetime) -> tuple[list[str], list[tuple[str, str]]]:
    before = seen.mark()
    clock.run(at=at)
    rows = Notice.objects.filter(event__sequence__gt=before, event__verb__in=["absence.noted", "absence.ended"])
    return [one for one in seen.verbs(before) if one.startswith("absence.")], sorted(
        rows.values_list("template", "recipient")
    )


def sent(to: User | ContactPoint, *, at: datetime = NOW) -> Notice:
    """One mail of ours, to an account or a contact point."""
    label = to.label if isinstance(to, User) else f"contact_point:{to.pk}"
    with transaction.atomic():
        written = record.event("handover.drafted", actor=CLOCK, at=at, subject="handover:H-1")
        address = to.email if isinstance(to, User) else to.value
        return post.mail(
            "custody_in_care_record", to=address, language="ja", context={}, event=written, recipient=label, at=at
        )


def bounced(notice: Notice, *, at: datetime = LATER, status: str = "5.1.1") -> Notice:
    return transitions.record_bounce(notice_pk=notice.pk, status=status, actor=CLOCK, at=at)


# Mail --------------------------------------------------------------------------------------------------------------


def refused(code: int, words: str) -> smtplib.SMTPRecipientsRefused:
    return smtplib.SMTPRecipientsRefused({"taro@aoba.example": (code, words.encode())})


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (refused(550, "5.1.1 no such user"), "5.1.1"),
        (refused(550, "no such user"), ""),
        (refused(550, "5.2.1 mailbox disabled"), "5.2.1"),
        (refused(552, "5.2.2 mailbox full"), None),
        (refused(554, "5.7.1 relay access denied"), None),
        (refused(550, "5.7.1 we take you for a spammer"), None),
        (refused(554, "no"), None),
        (refused(450, "4.2.0 try later"), None),
        (smtplib.SMTPServerDisconnected(), None),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 wrong password"), None),
        (TimeoutError(), None),
    ],
)
def test_only_a_refusal_of_the_mailbox_itself_is_for_good(error: Exception, status: str | None) -> None:
    assert bounces.status_of(error) == status


class Refusing(BaseEmailBackend):
    """A mail server that knows nobody."""

    def send_messages(self, email_messages: Any) -> int:
        raise refused(550, "5.1.1 no such user")


class Away(BaseEmailBackend):
    """A mail server that is away."""

    def send_messages(self, email_messages: Any) -> int:
        raise smtplib.SMTPServerDisconnected


def test_refused_address_is_not_tried_again_and_the_clock_draws_the_conclusion(
    cast: Cast, held: Registration, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "tests.handover.test_absence.Refusing"
    in_sight()
    notice = sent(cast.taro)
    assert delivery.send(notice.pk, at=LATER) is False
    notice.refresh_from_db()
    assert (notice.status, notice.tries, notice.bounce_status) == ("failed", 1, "5.1.1")
    Deputy.objects.create(registration=held, user=cast.saburo, since=START)
    told = [("custodian_absent", cast.hanako.label), ("custodian_absent", cast.saburo.label)]
    assert run(LATER) == (["absence.noted"], told)
    trouble = MailTrouble.objects.get()
    assert (trouble.user, trouble.address, trouble.status) == (cast.taro, cast.taro.email, "5.1.1")
    alert = GapAlert.objects.get()
    assert (alert.kind, alert.registration, alert.reasons) == ("custodian_absent", held, ["mail_failed"])
    assert Custody.objects.current().get(registration=held).user == cast.taro
    assert run(LATER + timedelta(hours=1)) == ([], [])
    assert run(LATER + timedelta(days=9)) == ([], [])


def test_mail_server_of_ours_that_is_away_makes_nobody_absent(cast: Cast, held: Registration, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.handover.test_absence.Away"
    in_sight()
    notice = sent(cast.taro)
    for number in range(delivery.MAX_TRIES):
        delivery.send(notice.pk, at=NOW + timedelta(days=1 + number))
    notice.refresh_from_db()
    assert notice.status == "failed"
    assert run(NOW + timedelta(days=20)) == ([], [])
    assert not MailTrouble.objects.exists()


def test_mailbox_that_refuses_for_all_tries_counts(cast: Cast, held: Registration) -> None:
    in_sight()
    notice = sent(cast.taro)
    Notice.objects.filter(pk=notice.pk).update(status="failed", last_error="SMTPRecipientsRefused")
    assert run(LATER)[0] == ["absence.noted"]


def test_absence_ends_by_itself_when_the_person_signs_in(cast: Cast, held: Registration) -> None:
    in_sight()
    bounced(sent(cast.taro))
    run(LATER)
    back = LATER + timedelta(days=2)
    cast.taro.last_login = back
    cast.taro.save()
    assert run(back) == (["absence.ended"], [("custodian_back", cast.hanako.label)])
    assert GapAlert.objects.get().closed_at == back
    # Mail still fails, but the person is there.
    assert run(back + timedelta(days=1)) == ([], [])


def test_any_act_of_the_person_ends_the_absence(cast: Cast, held: Registration) -> None:
    in_sight()
    bounced(sent(cast.taro))
    run(LATER)
    Attestation.objects.create(registration=held, user=cast.taro, due_on=NOW.date(), asked_at=NOW)
    at = LATER + timedelta(hours=1)
    transitions.attest(registration_pks=[held.pk], answer="still", actor=actor(cast.taro), at=at)
    assert GapAlert.objects.get().closed_at == at
    assert run(at + timedelta(hours=1)) == ([], [])


def test_change_of_custody_closes_the_alert(cast: Cast, held: Registration) -> None:
    User.objects.update(last_login=START)
    bounced(sent(cast.taro, at=START), at=START + timedelta(days=1))
    run(START + timedelta(days=1))
    accepted(cast, held, days=0)
    assert GapAlert.objects.get().closed_at == NOW


def test_mail_to_an_address_that_was_changed_since_says_nothing(cast: Cast, held: Registration) -> None:
    in_sight()
    notice = sent(cast.taro)
    cast.taro.email = "new@aoba.example"
    cast.taro.save()
    bounced(notice)
    assert not MailTrouble.objects.exists()
    wiped = sent(cast.taro)
    Notice.objects.filter(pk=wiped.pk).update(status="sent", sent_at=NOW, payload=None)
    with transaction.atomic():
        record.event("accounts.address_changed", actor=CLOCK, at=NOW + timedelta(hours=1), subject=cast.taro.label)
    bounced(wiped)
    assert not MailTrouble.objects.exists()


def test_contact_point_is_marked_wherever_the_organisation_has_it(cast: Cast, held: Registration) -> None:
    others = [
        registration(cast.aoba, "R-2", custodian=cast.jiro),
        registration(cast.wakaba, "W-1", custodian=cast.minoru),
    ]
    ContactPoint.objects.update(value="shared@record.example")
    before = seen.mark()
    bounced(sent(held.contact_points.get()))
    marked = ContactPoint.objects.filter(health="bounced", came_back_at=LATER)
    assert set(marked.values_list("registration__number", flat=True)) == {"R-1", "R-2"}
    assert others[1].contact_points.get().health == "good"
    assert seen.verbs(before) == ["handover.drafted", "mail.bounced"]
    told = [one for one in seen.notices(before) if one[0] == "contact_point_bounced"]
    assert told == [("contact_point_bounced", who.label) for who in (cast.hanako, cast.taro, cast.jiro)]


def test_bounce_is_recorded_once_and_by_the_system_only(cast: Cast, held: Registration) -> None:
    notice = sent(cast.taro)
    with pytest.raises(NotAllowed):
        transitions.record_bounce(notice_pk=notice.pk, status="5.1.1", actor=actor(cast.hanako), at=NOW)  # type: ignore[arg-type]
    bounced(notice)
    with pytest.raises(WrongState):
        bounced(notice)


REPORT = """\
From: MAILER-DAEMON@mx.example
To: no-reply@localhost
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

It did not work.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; taro@aoba.example
Action: {action}
Status: {status}

--x
Content-Type: {part}

{original}
--x--
"""


def report(notice: Notice, *, action: str = "failed", status: str = "5.1.1", whole: bool = False) -> str:
    original = f"Subject: x\nMessage-ID: {notice.message_id}\n\ntext"
    part = "message/rfc822" if whole else "text/rfc822-headers"
    return REPORT.format(action=action, status=status, part=part, original=original)


@pytest.mark.parametrize("whole", [True, False])
def test_report_names_the_mail_however_it_is_quoted(cast: Cast, whole: bool) -> None:
    notice = sent(cast.taro)
    (found,) = bounces.reports(message_from_string(report(notice, whole=whole)))
    assert (found.message_id, found.address, found.status) == (notice.message_id, "taro@aoba.example", "5.1.1")
    assert bounces.find(found.message_id) == notice


@pytest.mark.parametrize(("action", "status"), [("delayed", "4.4.1"), ("failed", "5.2.2"), ("failed", "5.7.1")])
def test_report_of_less_than_a_dead_mailbox_says_nothing(cast: Cast, action: str, status: str) -> None:
    assert list(bounces.reports(message_from_string(report(sent(cast.taro), action=action, status=status)))) == []


@pytest.mark.parametrize("kind", ["file", "mbox", "maildir", "stdin"])
def test_command_reads_reports_and_may_be_repeated(
    cast: Cast, held: Registration, tmp_path: Path, kind: str, capsys: Any, monkeypatch: Any
) -> None:
    Notice.objects.all().delete()
    text = report(sent(cast.taro))
    source = tmp_path / "mail"
    if kind == "maildir":
        (source / "new").mkdir(parents=True)
        (source / "new" / "1.mx").write_text(text)
        (source / "new" / "2.mx").write_text("Subject: holiday\n\nI am away.")
    elif kind == "mbox":
        source.write_text(f"From MAILER-DAEMON Fri Nov 20 10:00:00 2026\n{text}\n")
    elif kind == "file":
        source.write_text(text)
    where = "-" if kind == "stdin" else str(source)
    for expected in ("recorded: 1, known: 0", "recorded: 0, known: 1"):
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(text.encode())))
        call_command("record_bounces", where)
        assert expected in capsys.readouterr().out
    assert MailTrouble.objects.get().user == cast.taro


def test_command_refuses_what_is_no_mail_box(tmp_path: Path) -> None:
    for wrong in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(CommandError):
            call_command("record_bounces", str(wrong))


# Silence and post --------------------------------------------------------------------------------------------------


def test_silence_of_13_months_opens_an_alert_and_no_day_before(cast: Cast, held: Registration) -> None:
    in_sight()  # 20 November 2026
    end = datetime.fromisoformat("2027-12-21T00:00:00+09:00")
    assert run(end - timedelta(seconds=1)) == ([], [])
    assert run(end) == (["absence.noted"], [("custodian_absent", cast.hanako.label)])
    assert GapAlert.objects.get(kind="custodian_absent").reasons == ["no_sign_in"]


def test_an_act_in_the_log_counts_as_presence(cast: Cast, held: Registration) -> None:
    in_sight()
    with transaction.atomic():
        record.event("handover.drafted", actor=actor(cast.taro), at=NOW + timedelta(days=300), subject="handover:H-1")
    assert run(NOW + timedelta(days=500)) == ([], [])


def test_who_never_signed_in_counts_from_joining(cast: Cast, held: Registration) -> None:
    User.objects.update(last_login=None)  # joined on 1 April 2026
    assert run(datetime.fromisoformat("2027-05-01T23:59:00+09:00")) == ([], [])
    assert run(datetime.fromisoformat("2027-05-02T00:00:00+09:00"))[0] == ["absence.noted"]


def test_returned_post_counts_for_its_registration_only_until_the_person_is_seen(
    cast: Cast, held: Registration
) -> None:
    in_sight()
    registration(cast.aoba, "R-2", custodian=cast.taro)
    ContactPoint.objects.create(
        registration=held, kind="post", value="x", since=START, health="returned", came_back_at=LATER
    )
    assert run(LATER)[0] == ["absence.noted"]
    alert = GapAlert.objects.get()
    assert (alert.registration, alert.reasons) == (held, ["post_returned"])
    User.objects.update(last_login=LATER + timedelta(hours=1))
    assert run(LATER + timedelta(hours=2))[0] == ["absence.ended"]
    assert run(LATER + timedelta(hours=3)) == ([], [])


def test_caretakers_are_not_absent(cast: Cast, held: Registration) -> None:
    in_sight()
    transitions.leave(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW)
    User.objects.update(last_login=START - timedelta(days=900), date_joined=START - timedelta(days=900))
    assert run(NOW + timedelta(days=800)) == ([], [])


def test_thousands_go_in_pieces_and_are_told_once(cast: Cast) -> None:
    made = Registration.objects.bulk_create(
        Registration(
            number=f"M-{number:04}", organisation=cast.aoba, registered_name="x", address="y", registered_at=START
        )
        for number in range(1200)
    )
    Custody.objects.bulk_create(
        Custody(registration=one, user=cast.taro, basis="registered", from_at=START) for one in made
    )
    in_sight()
    bounced(sent(cast.taro))
    told = [("custodian_absent", cast.hanako.label)]
    assert [run(LATER + timedelta(minutes=one)) for one in range(4)] == [
        (["absence.noted"], told),
        (["absence.noted"], []),
        (["absence.noted"], []),
        ([], []),
    ]
    assert GapAlert.objects.filter(closed_at=None).count() == 1200


@pytest.mark.parametrize("act", ["note_absence", "end_absence"])
def test_acts_refuse_people_and_a_second_press(cast: Cast, held: Registration, act: str) -> None:
    in_sight()
    transition = getattr(transitions, act)
    with pytest.raises(WrongState):
        transition(user_pk=cast.taro.pk, actor=CLOCK, at=NOW)
    with pytest.raises(NotAllowed):
        transition(user_pk=cast.taro.pk, actor=actor(cast.hanako), at=NOW)


def test_looking_for_the_absent_takes_one_query_each(
    cast: Cast, held: Registration, django_assert_num_queries: Any
) -> None:
    for number in (2, 3):
        registration(cast.aoba, f"R-{number}", custodian=cast.taro)
        with django_assert_num_queries(3):
            queries.due_for_absence(NOW)
            queries.due_for_return()
            queries.due_for_bounce()
