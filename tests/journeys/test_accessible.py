"""X15: every page in both languages and three widths: axe, overflow, heading, language, the browser's complaints."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from tests.cast import Cast
from tests.house.paths import every_path
from tests.journeys.conftest import Clock, Newcomer, Visitor
from tests.walk.world import World, build_world

pytestmark = pytest.mark.django_db(transaction=True)

WIDTHS = (320, 390, 1280)
# Who opens a page: whoever sees most of it. Everything else is opened by the custodian.
OPENED_BY = {
    "administrator": {
        "handover:confirm",
        "handover:refuse_confirmation",
        "handover:leave",
        "handover:download_document",
        "handover:export_package",
        "handover:season",
        "handover:consent",
        "handover:bulk",
        "handover:jobs",
        "handover:job",
        "handover:package",
        "handover:change_package",
        "handover:withdraw_package",
        "handover:settle_objection",
    }
    | {"handover:activate_deputy", "handover:authority_object", "handover:note_unverified_period"}
    | {"handover:name_deputy", "handover:report_absence"}
    | {"handover:papers_over", "handover:place_hold", "handover:agree_erasure"}
    | {"accounts:invite", "accounts:withdraw", "accounts:resend", "accounts:people", "mfa_index", "mfa_list_webauthn"},
    "former": {"handover:countersign"},
    "successor": {
        "recovery:vouch",
        "handover:pack",
        "handover:items",
        "handover:accept",
        "handover:decline",
        "handover:paper",
    },
    "operator": {
        "handover:notice_letters",
        "handover:add_product",
        "handover:product",
        "handover:gaps",
        "handover:names",
    }
    | {"handover:changes", "handover:change_on_paper", "handover:find_receiver", "handover:record_consent"}
    | {"handover:check_proof", "handover:propose_change", "handover:affiliations", "handover:record_affiliation"}
    | {"accounts:organisations", "accounts:organisation", "accounts:create", "accounts:invite_into"}
    | {"accounts:undertaking", "accounts:enrol"}
    | {"recovery:candidates", "recovery:link", "recovery:accept", "recovery:take_head_office", "recovery:propose"}
    | {"recovery:record_evidence", "recovery:take_back", "recovery:second", "recovery:order_letter"}
    | {"recovery:order_mail_code", "recovery:record_attempt", "recovery:review_objection", "recovery:letters"}
    | {"recovery:record_delivery", "recovery:record_return"}
    | {"recovery:begin_phone_call", "recovery:phone_call", "recovery:second_head_office"}
    | {"recovery:supplement_head_office", "recovery:scan_returns", "recovery:print_run"}
    | {"recovery:ask_exception"}
    | {"recovery:ask_to_vouch", "recovery:open_dns_check"}
    | {"recovery:gather", "desk:words"}
    | {"recovery:make_setting"}
    | {"recovery:set_route"}
    | {"recovery:covered", "recovery:take_list", "recovery:match_line", "recovery:leave_out"}
    | {"recovery:remind", "recovery:find_capacity", "recovery:identify_objector", "recovery:duties"}
    | {"handover:authority_cases", "handover:propose_reassignment", "handover:authority_case"}
    | {"handover:withdraw_reassignment"}
    | {"handover:imports", "handover:activations", "handover:order_activation", "handover:activation_letters"}
    | {"handover:activation", "handover:check_activation"}
    | {"desk:consents_to_link", "desk:link_consent"}
    | {"desk:call_backs", "desk:call_back", "desk:posed_as"}
    | {"desk:take_down", "desk:note_letter_out", "desk:answer"}
    | {"desk:change_answer", "desk:withdraw_answer"},
    "approver": {"accounts:second", "recovery:decide", "recovery:send_back", "recovery:refuse", "recovery:execute"}
    | {"recovery:invite_claimant", "recovery:decide_objection"}
    | {"handover:approve_reassignment", "handover:refuse_reassignment", "handover:execute_reassignment"}
    | {"handover:approve_change", "handover:refuse_change", "handover:release_for_change"}
    | {"handover:execute_change"}
    | {"handover:approve_activation"},
    "senior": {"recovery:resume", "handover:answer_objection"}
    | {"desk:alarms", "desk:close_alarm", "desk:climbed"}
    | {"recovery:exception", "recovery:refuse_exception", "recovery:end_exception", "recovery:exceptions"}
    | {"recovery:ask_rollback", "recovery:confirm_rollback", "recovery:decline_rollback"}
    | {"recovery:publish", "recovery:rule_changes", "recovery:reopen_by_rule"}
    | {"recovery:decide_appeal", "recovery:finish_duty"}
    | {"recovery:confirm_setting", "recovery:reverse_setting"}
    | {"desk:caller_reports", "desk:sites", "desk:record_site", "desk:site", "desk:end_site", "desk:add_line"}
    | {"desk:seat_member", "desk:fail_site"}
    | {"recovery:close_drift"}
    | {"desk:send_back_answer", "desk:release_answer", "handover:canaries"}
    | {"handover:mark_canary", "accounts:propose_undertaking", "accounts:publish_undertaking"},
    "auditor": {"recovery:fairness", "recovery:audit_samples", "recovery:audit_sample", "recovery:record_finding"},
    "editor": {"recovery:rule_reviews", "recovery:close_rule_review"}
    | {"recovery:procedures", "recovery:procedure", "recovery:change_entry", "recovery:change_figures"}
    | {"recovery:change_whole", "recovery:discard_draft", "recovery:replay", "recovery:propose_publication"}
    | {"desk:script_task", "recovery:draft_script", "recovery:add_script"}
    | {"desk:write_use_guide"},
    "contractor": {"handover:ask_mandate", "handover:mandated", "handover:mandated_look", "handover:report_fault"},
    "agent": {"desk:queue", "desk:note_contact", "desk:hold", "desk:explanation"}
    | {"recovery:take_call", "recovery:claim", "recovery:collect", "recovery:correct_mail"}
    | {"recovery:take_appeal"}
    | {"desk:announce_call", "desk:intentions"}
    | {"desk:pass_on", "desk:scripts", "desk:record_feedback", "desk:feedback", "desk:one_feedback"}
    | {"desk:challenge_rule", "desk:mistakes", "desk:record_mistake", "desk:mistake"}
    | {"desk:close_hold", "desk:shift", "desk:shift_of", "desk:close_inquiry", "desk:remind", "desk:pause"}
    | {"desk:needs"}
    | {"desk:inquiry", "desk:bill_in_call", "desk:affiliates"}
    | {"desk:refer", "desk:give_back", "desk:answer_use"}
    | {"desk:ask_consent", "desk:checks", "recovery:console"}
    | {"recovery:console_of", "desk:begin_call", "desk:go_on_with"}
    | {"desk:promise", "desk:warn_caller", "desk:end_call"}
    | {"desk:letters", "desk:note_letter_in", "desk:draft_answer"}
    | {"desk:answers", "desk:person_notes", "accounts:signed_undertaking"},
    "supervisor": {"desk:figures", "desk:team", "accounts:undertakings"},
    "anonymous": {"account_login", "account_signup", "accounts:invitation", "account_inactive"}
    | {"account_reset_password", "account_reset_password_done", "account_reset_password_from_key"}
    | {"account_reset_password_from_key_done", "account_confirm_email", "account_email_verification_sent"}
    | {"handover:verify", "handover:verify_code", "handover:found_thanks"}
    | {"handover:activate", "handover:activate_sent", "handover:confirm_activation"}
    | {"recovery:begin", "recovery:question", "recovery:status", "recovery:object_to"}
    | {"recovery:begin_with_kit"}
    | {"desk:caller", "desk:caller_thanks", "desk:caller_places"}
    | {"desk:helps", "desk:help", "desk:send_feedback"},
}
# Seen twice because the two look different.
ALSO = (
    ("anonymous", "handover:label"),
    *(("contractor", "handover:mandates"), ("contractor", "handover:mandate")),
    ("bystander", "handover:attestation"),
    *(("anonymous", "home"), ("operator", "home"), ("administrator", "handover:registrations")),
    *(("operator", "desk:queue"), ("operator", "recovery:claim")),
    *(("operator", "handover:change"), ("custodian", "handover:changes")),
)
# Pages that say no.
REFUSED = {"/nowhere/": 404, "/products/": 403}
# Paths that answer no page: files, redirects, acts, and what has nothing to show for this cast.
NO_PAGES = {
    *("desk:bill_card",),
    *(
        "desk:bill_thread",
        "desk:end_affiliate",
        "desk:take_in",
    ),
    *(
        "desk:consent_case",
        "desk:check_receipt",
        "desk:check_pin",
    ),
    *(
        "desk:check_mandate",
        "desk:book_call_back",
        "desk:find_capacity",
    ),
    *(
        "desk:dial",
        "desk:call_out",
        "handover:announce_activation_call",
        "desk:end_call_back",
        "desk:switch_keys",
    ),
    *(
        "desk:take_over_call",
        "desk:figures_csv",
        "desk:close_letter",
    ),
    *(
        "desk:answer_pdf",
        "desk:propose_answer",
        "desk:print_answers",
    ),
    *(
        "recovery:written_answer",
        "handover:end_canary",
        "accounts:drop_undertaking",
        "desk:remove_person_note",
    ),
    *("accounts:signed_words",),
    *("set_language", "favicon", "healthz", "readyz", "metrics"),
    *("handover:receipt", "handover:certificate_file", "handover:mandated_paper"),
    *("handover:page_picture", "handover:mandated_picture", "handover:scan_again", "handover:lift_hold"),
    *("handover:decline_erasure", "handover:withdraw_erasure", "handover:take_certificates", "recovery:print_day"),
    *("handover:take_into_care", "handover:end_alias", "handover:ask", "handover:answer"),
    *("handover:withdraw_certificate", "handover:finish_task"),
    *("handover:print_labels", "handover:report_found", "handover:report_lost", "handover:report_back"),
    *("handover:void_label", "handover:reissue_label"),
    *("handover:end_deputy", "handover:deactivate_deputy", "handover:stand_in", "handover:second_authority_proof"),
    *("handover:renew_mandate", "handover:remove_registration"),
    *("handover:print_notices", "handover:notice_returned"),
    *("handover:confirm_unit", "handover:ask_for_unit", "handover:end_affiliation"),
    *("handover:order_activations", "handover:print_activations", "handover:return_activation"),
    "handover:refuse_activation",
    *("handover:withdraw_explanation", "handover:answer_explanation", "handover:start_bulk"),
    *("handover:bulk_labels", "handover:export_list", "handover:cancel_bulk"),
    *("handover:drop_item", "handover:reopen_overlap"),
    *("handover:assign", "handover:offer_package", "handover:extend_package"),
    *("desk:share_feedback", "desk:answer_feedback", "desk:tell_feedback"),
    *("desk:name_registration", "desk:mend_mistake", "desk:close_mistake"),
    *("desk:announce_now", "desk:cancel_call", "desk:report_caller", "desk:end_line", "desk:reopen_site"),
    *("desk:reopen_inquiry", "desk:resume", "desk:print_words", "recovery:inquiry", "recovery:open_record"),
    "recovery:take_up",
    *("recovery:submission", "recovery:print_letters"),
    *("recovery:begin_draft", "recovery:begin_replay"),
    "recovery:end_phone_call",
    *("recovery:fairness_csv", "recovery:read_sample"),
    "recovery:begin_shipped_draft",
    # With a case open, or a claim approved: tests/journeys/test_public_recovery.py.
    *("recovery:show_kit", "recovery:check_dns"),
    *("recovery:check", "recovery:case", "recovery:mailbox", "recovery:change_mail", "recovery:enter_code"),
    *("recovery:appeal", "recovery:reopen"),
    "recovery:progress_letter",
    *("recovery:invite_people", "recovery:list_receipt", "recovery:units", "recovery:decline_units"),
    "recovery:own_list",
    *("recovery:ask_for_code", "recovery:add_paper", "recovery:withdraw", "recovery:takeover"),
    # Only on the way, in the middle of something else.
    *("accounts:confirm", "account_set_password", "account_confirm_login_code", "mfa_authenticate"),
    *("mfa_login_webauthn", "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_deactivate_totp"),
    *("mfa_view_recovery_codes", "mfa_download_recovery_codes", "mfa_remove_webauthn", "mfa_edit_webauthn"),
}


@pytest.fixture
def world(clock: Clock, db: None) -> World:
    return build_world()


@pytest.fixture
def cast(world: World) -> Cast:
    return world.cast


# What has the focus, and whether one can see that. The parts of a date show it by themselves.
FOCUS = """() => {
    const here = document.activeElement, style = getComputedStyle(here);
    const seen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
    return [here === document.body ? "" : here.outerHTML.slice(0, 120), seen || (here.type || "").startsWith("date")];
}"""


FOCUSED = {
    "custodian": ("home", "handover:draft", "handover:registration", "handover:handover", "handover:add_contact_point"),
    "agent": ("desk:queue", "recovery:take_call", "recovery:claim", "recovery:collect"),
    "operator": ("home", "handover:add_product", "accounts:organisations", "accounts:create", "accounts:profile"),
}


def addresses(world: World) -> Iterator[tuple[str, str]]:
    """Yield who opens which address, people together, so that each signs in once."""
    names = [name for name, _address in every_path() if name not in NO_PAGES]
    who = {name: role for role, names in OPENED_BY.items() for name in names}
    wanted = [(who.get(name, "custodian"), name) for name in names] + list(ALSO)
    for role, name in sorted(wanted):
        yield role, world.address(name)
    yield "anonymous", reverse("handover:verify_code", args=["0000-0000-0000"])
    case, collecting = (world.addresses[f"recovery:{name}"][0] for name in ("decide", "record_evidence"))
    yield "approver", reverse("recovery:claim", args=[case])
    yield "operator", reverse("recovery:claim", args=[collecting])
    yield "operator", reverse("recovery:record_evidence", args=[collecting]) + "?code=A2"
    chosen = "?rule=category%3AC&reason_code=disaster"
    yield "operator", reverse("recovery:ask_exception", args=[collecting]) + chosen
    yield "administrator", "/registrations/R-2/"
    yield "former", reverse("handover:open_package")
    yield "administrator", "/registrations/R-1/custody/?on=2026-11-20"
    yield "administrator", "/registrations/R-2/custody/?on=tomorrow"
    yield "administrator", "/registrations/?q=zzz"
    yield "administrator", "/bulk/?scope=all"
    yield "custodian", world.address("handover:answer_explanation").replace("answer/", "")
    yield "anonymous", "/nowhere/"
    yield "operator", "/products/?page=1"
    yield "custodian", "/products/"


# `Axe.run` brings along all that is well on a page, which takes as long as looking at it.
VIOLATIONS = "axe.run({resultTypes: ['violations']}).then(found => found.violations)"


def findings(visitor: Visitor, axe: Axe, language: str) -> list[str]:
    """Return what is wrong with the page that is open."""
    page, found = visitor.page, []
    page.wait_for_load_state()  # its words are there before its style sheets
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate(
            """() => {
                const root = document.scrollingElement;
                if (root.scrollWidth <= innerWidth) return "";
                const out = [...document.querySelectorAll("main *, header *, footer *")]
                    .filter(e => e.getBoundingClientRect().right > innerWidth + 1).pop();
                return `${root.scrollWidth} px: ${out ? out.outerHTML.slice(0, 160) : "?"}`;
            }"""
        )
        if wide:
            found.append(f"wider than {width} px: {wide}")
    if (headings := page.locator("h1").count()) != 1:
        found.append(f"{headings} headings of level 1")
    # Where nobody knows who asks, the page is in both languages and says so inside.
    told = page.locator("html").get_attribute("lang")
    if told != language and page.locator("main [lang=en] p").count() == 0:
        found.append(f"says it is in {told}")
    if not page.title().strip(" -"):
        found.append("no title")
    page.evaluate(axe.axe_script)
    violations: list[dict[str, Any]] = page.evaluate(VIOLATIONS)
    for violation in violations:
        for node in violation["nodes"]:
            found.append(f"axe {violation['id']}: {node['html'][:200]} {node['failureSummary'][:200]}")
    return found


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_page_is_accessible(world: World, newcomer: Newcomer, language: str) -> None:
    axe = Axe()
    visitor = newcomer().speaks(language)
    before, wrong = "", []
    for role, address in addresses(world):
        if role != before:
            visitor.context.clear_cookies(name="session")
            if user := world.roles[role]:
                visitor.is_signed_in(user)
            before = role
        response = visitor.go(address)
        if "/login" in visitor.page.url and "login" not in address:
            wrong.append(f"{role} {address} leads to {visitor.page.url}")
        if response.status != REFUSED.get(address, 200):
            wrong.append(f"{role} {address}: {response.status}")
        wrong += [f"{role} {address}: {finding}" for finding in findings(visitor, axe, language)]
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("role", list(FOCUSED))
def test_focus_can_be_seen_everywhere(world: World, newcomer: Newcomer, role: str) -> None:
    """Each stop of the Tab key shows an outline of at least two pixels."""
    visitor = newcomer().is_signed_in(world.roles[role])
    for name in FOCUSED[role]:
        address = world.address(name)
        visitor.go(address)
        stops = set()
        for _stop in range(60):
            visitor.page.keyboard.press("Tab")
            here, seen = visitor.page.evaluate(FOCUS)
            if not here:
                break
            stops.add(here)
            assert seen, f"{address}: {here}"
        assert len(stops) > 5, address


def test_planted_faults_are_found(world: World, newcomer: Newcomer) -> None:
    """Otherwise an empty list of findings would say nothing."""
    visitor = newcomer().speaks("ja")
    visitor.go("/verify/")
    visitor.page.evaluate(
        """() => {
            const main = document.querySelector("main"), wide = document.createElement("h1");
            wide.textContent = "幅";
            wide.style.minWidth = "1400px";
            main.append(wide, new Image());
            document.documentElement.lang = "en";
        }"""
    )
    found = "\n".join(findings(visitor, Axe(), "ja"))
    for fault in ("wider than 320 px", "wider than 1280 px", "2 headings", "in en", "axe image-alt"):
        assert fault in found
