"""Two customers with one of everything each, so that every path has something to lead to.

青葉商事 is what people of its own walk over; 若葉省 has the same things, which those people must never reach.
"""

import io
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts import transitions as joining
from accounts.models import ROLES_OF, Invitation, Organisation, OrganisationKind, Role, User
from desk import clock as calls
from desk import transitions as at_desk
from handover import transitions
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
from tests import claims, opening
from tests.cast import Cast, actor, build, organisation, somebody
from tests.handover.paper_files import kept
from tests.letterbox import link_in, mails
from tests.stock import ALL_YES, NOW, TODAY, all_received, drafted, offered, registration
from tests.walk import excepting, exits, fairness, mandates, together
from tests.walk.asking import ask_everything
from tests.walk.cases import provider_cases
from tests.walk.changes import affiliated, changes
from tests.walk.procedures import procedures
from tests.walk.standing_in import authority_cases, deputy_addresses

Data = dict[str, Any]


@dataclass(frozen=True)
class World:
    """`addresses` holds the arguments of each path that has any; `posts` a valid body of each that takes one.

    `foreign` holds for the same paths the things of 若葉省, `mixed` those with one's own number and a foreign key;
    `theirs` is its running handover.
    """

    cast: Cast
    roles: dict[str, User | None]
    addresses: dict[str, list[Any]]
    foreign: dict[str, list[Any]]
    mixed: dict[str, list[Any]]
    posts: dict[str, Data]
    theirs: Handover
    theirs_paper: Document

    def reverse(self, name: str, arguments: list[Any]) -> str:
        return reverse(name, args=arguments)

    def address(self, name: str) -> str:
        """Return where the path called `name` leads for the people of 青葉商事."""
        return self.reverse(name, self.addresses.get(name, []))


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
            **dict.fromkeys(("package", "assign", "offer_package", "extend_package"), package),
            **dict.fromkeys(("change_package", "withdraw_package"), package),
            "add_item": running,
            "drop_item": [self.prepared.number, self.prepared.items.get(kind=HandoverItem.Kind.THING).pk],
            **dict.fromkeys(("countersign", "reopen_overlap"), past),
            "raise_objection": accepted,
            "settle_objection": [self.frozen.number],
            "download_document": [self.paper.pk, 1],
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


def build_world() -> World:
    """Create the cast, both sides, and what the provider has."""
    cast = build()
    shiro = somebody(cast.aoba, "四谷 四郎", "ヨツヤ シロウ", "shiro@aoba.example", Role.MEMBER)
    rin = somebody(cast.wakaba, "林 凛", "ハヤシ リン", "rin@wakaba.example", Role.MEMBER)
    ken = somebody(cast.wakaba, "森 健", "モリ ケン", "ken@wakaba.example", Role.MEMBER)
    product = _product()
    ours = _side(cast, cast.aoba, "R", product, (cast.hanako, cast.saburo, cast.taro, cast.jiro, shiro))
    theirs = _side(cast, cast.wakaba, "W", product, (cast.wakako, rin, cast.minoru, ken, rin))
    own, foreign = ours.arguments(), theirs.arguments()
    own |= deputy_addresses(cast.aoba, "R", cast.taro, cast.saburo, shiro, cast.hanako)
    foreign |= deputy_addresses(cast.wakaba, "W", cast.minoru, rin, ken, cast.wakako)
    own |= mandates.arguments(cast, "R-5", cast.hanako)
    foreign |= mandates.arguments(cast, "W-5", cast.wakako)
    invited = link_in(mails("invitation")[0]["body"])
    new = organisation(OrganisationKind.CUSTOMER, "新橋商店", "シンバシショウテン")
    joining.invite(
        cast.provider,
        email="new@provider.example",
        display_name="新田 進",
        roles=[Role.OPERATOR],
        staff_number="S-new",
        actor=actor(cast.operator),
        at=NOW,
    )
    proposed = Invitation.objects.get(email="new@provider.example")
    third = organisation(OrganisationKind.CUSTOMER, "受取商会", "ウケトリショウカイ")
    our_changes = changes(cast, ours.main, third, cast.taro, cast.hanako)
    own |= our_changes.arguments()
    foreign |= changes(cast, theirs.main, third, cast.minoru, cast.wakako).arguments()
    addresses = own | {
        "handover:change_on_paper": ["rename"],
        "handover:end_affiliation": [affiliated(cast, third).pk],
        "handover:product": [product.code],
        # The same for everybody's codes: tests/handover/test_labels_pages.py.
        "handover:label": [ours.label.code],
        "handover:report_found": [ours.label.code],
        "desk:explanation": [ours.call.call.inquiry.receipt_number],
        "handover:verify_code": [ours.certificate.check_code],
        "accounts:organisation": [cast.aoba.pk],
        "accounts:invite_into": [new.pk],
        "accounts:second": [proposed.pk],
        "accounts:invitation": [invited.rstrip("/").rpartition("/")[2]],
        "account_confirm_email": ["unknown-key"],
        "account_reset_password_from_key": ["1", "set-password"],
        "recovery:question": [1],
        "mfa_remove_webauthn": [999_999],
        "mfa_edit_webauthn": [999_999],
    }
    foreign["accounts:organisation"] = foreign["accounts:invite_into"] = [cast.wakaba.pk]
    mixed = {
        name: [own[name][0], foreign[name][1]]
        for name in (
            "handover:end_contact_point",
            "handover:end_alias",
            "handover:answer",
            "handover:remove_registration",
            "handover:confirm_contact_point",
            "handover:drop_item",
        )
    }
    for name in ("handover:end_deputy", "handover:activate_deputy", "handover:deactivate_deputy"):
        mixed[name] = [own[name][0], foreign[name][1]]
    reassigned, reassigning = authority_cases(cast)
    addresses |= reassigned
    roles = _roles(cast, shiro)
    cases, acts = provider_cases(cast)
    bent, bending = excepting.paths(cast, cases["recovery:record_evidence"][0])
    addresses |= bent
    ways, others_ways = exits.paths(cast, cases["recovery:record_evidence"][0])
    addresses |= ways
    foreign |= others_ways
    helped, helping = together.paths(cast)
    addresses |= helped
    audited, auditing = fairness.paths(cast, bent["recovery:ask_rollback"][0])
    addresses |= audited
    asking, answers = ask_everything(cast, ours.main)
    openings, opening_posts = opening.paths(cast)
    addresses |= asking | openings
    versions, version_posts = procedures(cast)
    addresses |= versions
    posts = _posts(cast, ours) | _desk_posts(cast) | PUBLIC_POSTS | acts | reassigning | answers | opening_posts
    posts |= bending
    posts |= helping
    posts |= auditing
    posts |= version_posts
    posts |= exits.POSTS
    posts |= mandates.POSTS | our_changes.posts(cast.aoba, third)
    posts["handover:approve_mandate"] = mandates.approving(own["handover:approve_mandate"][0], "R-5")
    return World(cast, roles, addresses | cases | _asked(cast), foreign, mixed, posts, theirs.running, theirs.paper)


def _asked(cast: Cast) -> dict[str, list[Any]]:
    """Let somebody ask and the desk promise to be back; return the arguments of the desk's paths about that."""
    case = claims.received(at=NOW - timedelta(hours=1))
    hold = at_desk.hold(
        case.inquiry_id,
        reason="call_back",
        owner=cast.agent,
        next_action="call",
        promised_from=NOW + timedelta(hours=1),
        promised_until=NOW + timedelta(hours=2),
        wish="折り返しの電話",
        actor=actor(cast.agent),
        at=NOW,
    )
    names = ("desk:note_contact", "desk:hold", "recovery:claim", "recovery:collect", "recovery:correct_mail")
    alarm = at_desk.raise_alarm("many_customers", about=cast.agent, actor=calls.CLOCK, at=NOW)
    return {"desk:close_alarm": [alarm.pk], "desk:close_hold": [hold.pk], **{name: [case.number] for name in names}}


# What somebody without an account types: one right answer, and codes that are not right.
PUBLIC_POSTS: dict[str, Data] = {
    "recovery:question": {"capacity": "customer"},
    "recovery:status": {"number": "C-0000-000-000", "tracking": "ABCDE-FGHJK"},
    "recovery:object_to": {"code": "ABCD-ABCDE-FGHJK", "words": ""},
}


def _desk_posts(cast: Cast) -> dict[str, Data]:
    """What the desk types."""
    token = str(uuid.uuid4())
    return {
        "desk:close_alarm": {"words": "研修中の確認"},
        "desk:explanation": {"outcome": "again", "minutes": 3, "text": "不在", "token": token},
        "desk:note_contact": {
            "direction": "in",
            "channel": "phone",
            "party": "claimant",
            "minutes": 3,
            "text": "進み具合のご質問",
            "token": token,
        },
        "desk:hold": {
            "reason": "call_back",
            "owner": cast.agent.pk,
            "next_action": "call",
            "promised_from": "2026-11-24T15:00",
            "promised_until": "2026-11-24T17:00",
            "wish": "折り返しの電話",
            "token": token,
        },
        "recovery:take_call": {
            "name": "渡邉 翔",
            "own_phone": "090-1234-5678",
            "organisation_name": "(株)青葉商亊",
            "capacity": "customer",
            "answer_by": "phone",
            "language": "ja",
            "token": token,
        },
        "recovery:collect": {"code": "O3", "token": token},
        "recovery:correct_mail": {"mail": "watanabe@new.example"},
    }


def _roles(cast: Cast, bystander: User) -> dict[str, User | None]:
    return {
        "anonymous": None,
        "administrator": cast.hanako,
        "custodian": cast.taro,
        "successor": cast.jiro,
        "former": cast.saburo,
        "bystander": bystander,
        "stranger_administrator": cast.wakako,
        "stranger": cast.minoru,
        "contractor": cast.worker,
        "agent": cast.agent,
        "supervisor": cast.supervisor,
        "operator": cast.operator,
        "approver": cast.approver,
        "senior": cast.senior,
        "editor": cast.editor,
        "auditor": cast.auditor,
    }


def _product() -> Product:
    return Product.objects.create(
        code="LAN-1",
        name_ja="広域イーサネット",
        name_en="Wide area Ethernet",
        what_ja="本社と支社をつなぐ回線です。",
        what_en="The line between the head office and the branches.",
        stops_ja="支社の業務システムが止まります。",
        stops_en="The business systems of the branches stop.",
    )


def _side(cast: Cast, home: Organisation, letter: str, product: Product, people: tuple[User, ...]) -> Side:
    administrator, former, custodian, successor, leaver = people
    main = registration(home, f"{letter}-1", custodian=former)
    main.product = product
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
    at_desk.finish_explanation(
        explained.call.inquiry_id, outcome="explained", minutes=5, text="説明", actor=actor(cast.agent), at=NOW
    )
    job = transitions.start_bulk(
        kind="take_into_care",
        registration_pks=[more[2].pk],
        confirmed=1,
        arguments={},
        token=uuid.uuid4(),
        actor=actor(administrator),
        at=NOW,
    )
    extra = (label, lost, call, explained, job, package, frozen)
    return Side(main, nobodys, paper, certificate, *offers, more[2], leaver, invited, *extra)


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


def pdf() -> bytes:
    """Return a PDF of one empty page."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(out)
    return out.getvalue()


def _posts(cast: Cast, ours: Side) -> dict[str, Data]:
    day = "2026-11-30"
    profile = {"display_name": "別名 別人", "kana": "ベツメイ", "department": "", "language": "ja"}
    texts = {
        f"{part}_{language}": "新しい文"
        for part in ("name", "what", "where", "stops", "bill", "whom")
        for language in ("ja", "en")
    }
    # A registration cannot be missing: it is in the portal.
    marks = {
        f"mark-{item.pk}": "received" if item.kind == HandoverItem.Kind.REGISTRATION else "missing"
        for item in ours.running.items.all()
    }
    password = {"password": "a longer passphrase 1", "again": "a longer passphrase 1"}
    handover: dict[str, Data] = {
        "add_contact_point": {"kind": "mail", "value": "new@aoba.example", "purposes": ["procedure"]},
        "end_contact_point": {},
        "add_alias": {"alias": "別館"},
        "add_document": {"kind": "contract", "title": "新しい書類", "token": str(uuid.uuid4())},
        "add_version": {"token": str(uuid.uuid4())},
        "make_label": {"document": ours.paper.pk, "name": "箱 3", "place": "", "token": str(uuid.uuid4())},
        "print_labels": {"labels": ours.label.pk},
        "ask_explanation": {"phone": "03-1234-5678", "hours": "any"},
        "answer_explanation": {"clear": "yes"},
        "start_bulk": {
            "scope": "chosen",
            "n": "R-5",
            "act": "take_into_care",
            "count": 1,
            "token": str(uuid.uuid4()),
        },
        "bulk_labels": {"scope": "chosen", "n": "R-1"},
        "export_list": {"scope": "chosen", "n": "R-1"},
        "change_document": {"title": "別の名前", "original_at": "金庫"},
        "download_document": {"reason": "checking"},
        "add_product": {"code": "NEW-1", **texts},
        "product": texts,
        "draft": {"successor": cast.jiro.pk, "effective_on": day},
        "items": marks,
        "decline": {"reason": "担当外"},
        "withdraw": {"reason": "取りやめ"},
        "refuse_confirmation": {"reason": "別の者へ"},
        "ask": {"text": "いつからですか"},
        "answer": {"text": "来週です"},
        "open_package": {"kind": "leaves", "last_day": "2026-12-10", "effective_on": day},
        "assign": {"registration": Registration.objects.get(number="R-8").pk, "successor": cast.jiro.pk},
        "change_package": {"last_day": "2026-12-15", "effective_on": day},
        "withdraw_package": {"reason": "取りやめ"},
        "add_item": {
            "kind": "envelope",
            "registration_pk": ours.main.pk,
            "name": "設定パスワードの封書",
            "place": "金庫",
        },
        "raise_objection": {"text": "聞いていません"},
        "settle_objection": {"text": "部長が決めました"},
        "issue_certificate": {"language": "en"},
        "export_package": {"reason": "checking"},
        "verify": {"code": ours.certificate.check_code},
    }
    accounts: dict[str, Data] = {
        "invitation": {**profile, **password},
        "profile": profile,
        "invite": {"email": "other@new.example", "roles": ["member"], "language": "ja"},
        "invite_into": {"email": "first@new.example", "roles": ["administrator"], "language": "ja"},
        "create": {"kind": "customer", "legal_name": "新宿商会", "kana": "シンジュクショウカイ"},
    }
    return {f"handover:{name}": data for name, data in handover.items()} | {
        f"accounts:{name}": data for name, data in accounts.items()
    }


def body(world: World, name: str, role: str) -> Data:
    """Return what `role` posts to the path called `name`: valid for those who may."""
    data = world.posts.get(name, {})
    user = world.roles[role]
    if name == "accounts:invite" and user:
        home = actor(user).organisation
        return {**data, "roles": [ROLES_OF[home.kind][-1]], "staff_number": "S-invited" if home.is_staff else ""}
    if name == "accounts:undertaking" and user:
        return {"agreed": "on", "typed_name": user.display_name}
    # A file is read once, so it cannot be shared.
    if name in ("handover:add_document", "handover:add_version", "recovery:collect"):
        return {**data, "paper": SimpleUploadedFile("契約書.pdf", pdf())}
    return data
