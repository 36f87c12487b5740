"""One customer with one of everything."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from accounts import transitions as joining
from accounts.models import Invitation, Organisation, Role, User
from desk import clock as calls
from desk import transitions as at_desk
from handover import bulk, transitions
from handover.models import (
    BulkJob,
    Certificate,
    Document,
    ExplanationRequest,
    Handover,
    HandoverItem,
    Label,
    Package,
    Product,
    Registration,
)
from tests.announced import announced
from tests.cast import Cast, actor
from tests.handover.paper_files import kept
from tests.stock import ALL_YES, NOW, TODAY, all_received, drafted, offered, registration


@dataclass(frozen=True)
class Side:
    """What one customer has."""

    main: Registration
    kept_by_provider: Registration
    paper: Document
    certificate: Certificate
    past: Handover
    running: Handover
    prepared: Handover
    accepted: Handover
    still: Registration
    leaver: User
    invitation: Invitation
    label: Label
    lost: Label
    call: ExplanationRequest
    explained: ExplanationRequest
    job: BulkJob
    package: Package
    frozen: Handover
    certified: BulkJob

    def arguments(self) -> dict[str, list[Any]]:
        """Return the arguments of each path about something of a customer."""
        point = self.main.contact_points.order_by("pk").last()
        question = self.running.questions.get()
        task = self.main.tasks.order_by("pk").first()
        name = self.main.unit_aliases.get()
        assert point and task
        past, package = [self.past.number], [self.package.number]
        main, running, accepted = [self.main.number], [self.running.number], [self.accepted.number]
        call, job, package = [self.call.pk], [self.job.number], [self.package.number]
        past = [self.past.number]
        paper, serial, label = [self.paper.pk], [self.certificate.serial], [self.label.code]
        registration = ("registration", "history", "custody", "add_contact_point", "add_alias", "papers")
        own = {
            **dict.fromkeys((*registration, "add_document", "recovery_kit", "issue_certificate"), main),
            **dict.fromkeys(("export_package", "make_label", "print_labels"), main),
            **dict.fromkeys(("handover", "withdraw", "pack", "items", "accept", "decline", "ask"), running),
            **dict.fromkeys(("confirm", "refuse_confirmation"), accepted),
            **dict.fromkeys(("paper", "add_version", "change_document"), paper),
            **dict.fromkeys(("certificate", "certificate_file", "withdraw_certificate"), serial),
            **dict.fromkeys(("report_lost", "void_label", "reissue_label"), label),
            "report_back": [self.lost.code],
            **dict.fromkeys(("product_card", "ask_explanation"), main),
            **dict.fromkeys(("explanation", "withdraw_explanation"), call),
            "answer_explanation": [self.explained.pk],
            **dict.fromkeys(("job", "cancel_bulk"), job),
            "take_certificates": [self.certified.number],
            **dict.fromkeys(("package", "assign", "offer_package", "extend_package"), package),
            **dict.fromkeys(("change_package", "withdraw_package"), package),
            "add_item": running,
            "drop_item": [self.prepared.number, self.prepared.items.get(kind=HandoverItem.Kind.THING).pk],
            **dict.fromkeys(("countersign", "reopen_overlap"), past),
            "raise_objection": accepted,
            "settle_objection": [self.frozen.number],
            "download_document": [self.paper.pk, 1],
            "scan_again": [self.paper.pk, 1],
            "look_at_paper": [self.paper.pk, 1],
            "page_picture": [self.paper.pk, 1, 1],
            "end_contact_point": [self.main.number, point.pk],
            "end_alias": [self.main.number, name.pk],
            "draft": [self.still.number],
            "offer": [self.prepared.number],
            "answer": [self.running.number, question.pk],
            "receipt": past,
            "leave": [self.leaver.pk],
            "take_into_care": [self.kept_by_provider.number],
            "finish_task": [task.pk],
        }
        sent = [self.invitation.pk]
        invitations = {"accounts:withdraw": sent, "accounts:resend": sent}
        return {f"handover:{name}": arguments for name, arguments in own.items()} | invitations


def product() -> Product:
    return Product.objects.create(
        code="LAN-1",
        name_ja="広域イーサネット",
        name_en="Wide area Ethernet",
        what_ja="本社と支社をつなぐ回線です。",
        what_en="The line between the head office and the branches.",
        stops_ja="支社の業務システムが止まります。",
        stops_en="The business systems of the branches stop.",
    )


def side(cast: Cast, home: Organisation, letter: str, sold: Product, people: tuple[User, ...]) -> Side:
    administrator, former, custodian, successor, leaver = people
    main = registration(home, f"{letter}-1", custodian=former)
    main.product = sold
    main.save()
    paper = kept(main, former)
    past = offered(cast, main, by=former, to=custodian, days=0)
    marks = all_received(past)
    # One is missing, so that the custodian has a task of that kind.
    marks[past.items.get(kind="document").pk] = ("missing", "")
    transitions.accept(handover_pk=past.pk, marks=marks, answers=ALL_YES, actor=actor(custodian), at=NOW)
    past.refresh_from_db()
    certificate = transitions.issue_certificate(registration_pk=main.pk, language="ja", actor=actor(custodian), at=NOW)
    transitions.add_alias(registration_pk=main.pk, alias="本社回線", actor=actor(custodian), at=NOW)
    transitions.add_contact_point(
        registration_pk=main.pk,
        kind="phone",
        value="0312345678",
        postal_code="",
        purposes=["fault"],
        hours="平日9時から17時",
        receiver_pays=False,
        actor=actor(custodian),
        at=NOW,
    )
    running = offered(cast, main, by=custodian, to=successor)
    transitions.ask(handover_pk=running.pk, text="鍵はどこですか", actor=actor(successor), at=NOW)
    more = [registration(home, f"{letter}-{number}", custodian=custodian) for number in (3, 4, 5, 6)]
    prepared = drafted(cast, more[0], by=custodian, to=successor, days=10)
    waiting = offered(cast, more[1], by=administrator, to=successor, days=10)
    waiting = transitions.accept(
        handover_pk=waiting.pk, marks=all_received(waiting), answers=ALL_YES, actor=actor(successor), at=NOW
    )
    transitions.mark_items(
        handover_pk=running.pk, marks=all_received(running), answers=ALL_YES, actor=actor(successor), at=NOW
    )
    invited = joining.invite(
        home, email=f"new@{letter}.example", display_name="", roles=[Role.MEMBER], actor=actor(administrator), at=NOW
    )
    nobodys = registration(home, f"{letter}-2", custodian=None)
    label, lost = (_label(main, paper, custodian, name) for name in ("契約書の箱", "古い綴り"))
    transitions.report_lost(label_pk=lost.pk, actor=actor(custodian), at=NOW)
    package = _package(home, letter, administrator, former, successor)
    frozen = offered(cast, more[3], by=administrator, to=successor, days=10)
    transitions.raise_objection(handover_pk=frozen.pk, reason="聞いていません", actor=actor(custodian), at=NOW)
    offers = (past, running, prepared, waiting)
    explained, call = (_call(each, custodian) for each in (more[0], more[2]))
    announced(explained.call.inquiry, cast.agent, purpose="explain")
    at_desk.finish_explanation(
        explained.call.inquiry_id, outcome="explained", minutes=5, text="説明", actor=actor(cast.agent), at=NOW
    )
    job = _job(administrator, more[2], "take_into_care")
    certified = _job(administrator, main, "issue_certificates", language="ja")
    bulk.work(certified.number, clock=lambda: NOW)
    extra = (label, lost, call, explained, job, package, frozen, certified)
    return Side(main, nobodys, paper, certificate, *offers, more[2], leaver, invited, *extra)


def _job(by: User, over: Registration, kind: str, **arguments: str) -> BulkJob:
    return transitions.start_bulk(
        kind=kind,
        registration_pks=[over.pk],
        confirmed=1,
        arguments=arguments,
        token=uuid.uuid4(),
        actor=actor(by),
        at=NOW,
    )


def _call(about: Registration, by: User) -> ExplanationRequest:
    """Somebody asked for a call, and the desk has it."""
    made = transitions.ask_explanation(
        registration_pk=about.pk,
        phone="0312345678",
        unclear="請求書のどの行ですか",
        hours="any",
        not_on=[],
        actor=actor(by),
        at=NOW,
    )
    at_desk.pull_explanation(made.pk, actor=calls.CLOCK, at=NOW)
    return made


def _package(home: Organisation, letter: str, administrator: User, person: User, successor: User) -> Package:
    """Let an administrator prepare all that `person` holds: one has a successor, one waits, one came afterwards."""
    held = [registration(home, f"{letter}-{number}", custodian=person) for number in (7, 8)]
    made = transitions.open_package(
        person_pk=person.pk,
        kind="leaves",
        last_day=TODAY + timedelta(days=20),
        effective_on=TODAY + timedelta(days=10),
        reason="退職",
        successors={held[0].pk: successor.pk},
        actor=actor(administrator),
        at=NOW,
    )
    registration(home, f"{letter}-9", custodian=person)
    return made


def _label(main: Registration, paper: Document, by: User, name: str) -> Label:
    return transitions.make_label(
        registration_pk=main.pk,
        document_pk=paper.pk,
        name=name,
        place="本社 B-12",
        token=uuid.uuid4(),
        actor=actor(by),
        at=NOW,
    )
