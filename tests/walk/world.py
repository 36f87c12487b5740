"""Two customers with one of everything each, so that every path has something to lead to.

青葉商事 is what people of its own walk over; 若葉省 has the same things, which those people must never reach.
"""

import io
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pikepdf
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts import transitions as joining
from accounts.models import ROLES_OF, Invitation, OrganisationKind, Role, User
from desk import clock as calls
from desk import transitions as at_desk
from desk.models import Statement
from handover.models import Document, Handover
from tests import claims, opening
from tests.cast import READ, Cast, actor, build, organisation, somebody
from tests.letterbox import link_in, mails
from tests.stock import NOW
from tests.walk import (
    callers,
    checks,
    console,
    desk_people,
    erasing,
    excepting,
    exits,
    fairness,
    letters,
    mandates,
    promises,
    together,
    trust,
    voice,
)
from tests.walk.asking import ask_everything
from tests.walk.cases import provider_cases
from tests.walk.changes import affiliated, changes
from tests.walk.posts import PUBLIC_POSTS, Data, desk_posts, own_posts
from tests.walk.procedures import procedures
from tests.walk.sides import product, side
from tests.walk.standing_in import authority_cases, deputy_addresses


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


def build_world() -> World:
    """Create the cast, both sides, and what the provider has."""
    cast = build()
    shiro = somebody(cast.aoba, "四谷 四郎", "ヨツヤ シロウ", "shiro@aoba.example", Role.MEMBER)
    rin = somebody(cast.wakaba, "林 凛", "ハヤシ リン", "rin@wakaba.example", Role.MEMBER)
    ken = somebody(cast.wakaba, "森 健", "モリ ケン", "ken@wakaba.example", Role.MEMBER)
    sold = product()
    ours = side(cast, cast.aoba, "R", sold, (cast.hanako, cast.saburo, cast.taro, cast.jiro, shiro))
    theirs = side(cast, cast.wakaba, "W", sold, (cast.wakako, rin, cast.minoru, ken, rin))
    own, foreign = ours.arguments(), theirs.arguments()
    own |= deputy_addresses(cast.aoba, "R", cast.taro, cast.saburo, shiro, cast.hanako)
    foreign |= deputy_addresses(cast.wakaba, "W", cast.minoru, rin, ken, cast.wakako)
    own |= erasing.arguments(cast.aoba, "R", cast.taro, cast.hanako)
    foreign |= erasing.arguments(cast.wakaba, "W", cast.minoru, cast.wakako)
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
        "handover:product": [sold.code],
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
            "handover:lift_hold",
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
    written, writing = letters.paths(cast)
    addresses |= written
    asking, answers = ask_everything(cast, ours.main)
    openings, opening_posts = opening.paths(cast)
    addresses |= asking | openings
    versions, version_posts = procedures(cast)
    addresses |= versions
    heard, hearing = voice.paths(cast)
    addresses |= heard
    posts = own_posts(cast, ours) | desk_posts(cast) | PUBLIC_POSTS | acts | reassigning | answers | opening_posts
    promised, promising = promises.paths(cast)
    addresses |= promised
    posts |= promising
    posts |= bending
    posts |= hearing
    posts |= writing
    posts |= helping
    posts |= auditing
    posts |= version_posts
    posts |= exits.POSTS | desk_people.POSTS | erasing.posts()
    addresses |= desk_people.addresses(cast)
    posts |= mandates.POSTS | our_changes.posts(cast.aoba, third)
    posts["handover:approve_mandate"] = mandates.approving(own["handover:approve_mandate"][0], "R-5")
    asked = _asked(cast)
    addresses |= cases | asked
    said, saying = trust.paths(cast, addresses)
    addresses |= said
    posts |= saying
    called = callers.paths(cast, "R-1", "W-1", asked["desk:inquiry"][0])
    addresses, foreign, posts = addresses | called.own, foreign | called.foreign, posts | called.posts
    on_the_phone, calling = console.paths(cast)
    posts |= calling
    checked, checking = checks.paths(cast)
    posts |= checking
    addresses |= on_the_phone | checked
    return World(cast, roles, addresses, foreign, mixed, posts, theirs.running, theirs.paper)


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
    question, _tracking = at_desk.open_inquiry(
        topic="question",
        statement=Statement(name="相田 透", own_phone="03-1111-2222"),
        capacity="unknown",
        answer_by="phone",
        language="ja",
        actor=actor(cast.agent),
        at=NOW,
    )
    alarm = at_desk.raise_alarm("many_customers", about=cast.agent, actor=calls.CLOCK, at=NOW)
    found = {"desk:close_alarm": [alarm.pk], "desk:close_hold": [hold.pk], "desk:inquiry": [question.receipt_number]}
    return found | {name: [case.number] for name in names}


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


def pdf() -> bytes:
    """Return a PDF of one empty page."""
    out = io.BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(out)
    return out.getvalue()


def body(world: World, name: str, role: str) -> Data:
    """Return what `role` posts to the path called `name`: valid for those who may."""
    data = world.posts.get(name, {})
    user = world.roles[role]
    if name == "accounts:invite" and user:
        home = actor(user).organisation
        return {**data, "roles": [ROLES_OF[home.kind][-1]], "staff_number": "S-invited" if home.is_staff else ""}
    if name == "accounts:undertaking" and user:
        return {"agreed": "on", "typed_name": user.display_name, "read": READ}
    # A file is read once, so it cannot be shared.
    if name in ("handover:add_document", "handover:add_version", "recovery:collect"):
        return {**data, "paper": SimpleUploadedFile("契約書.pdf", pdf())}
    return data
