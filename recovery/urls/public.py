"""Paths that are open to everybody, and the claimant's own."""

from django.urls import URLPattern, path

from recovery.views import (
    public_afterwards,
    public_call,
    public_case,
    public_exits,
    public_inquiry,
    public_letter,
    public_objection,
    public_takeover,
    public_units,
    public_wizard,
    vouching,
)

paths: list[URLPattern] = [
    path("recover/", public_wizard.begin, name="begin"),
    path("recover/questions/<int:step>/", public_wizard.question, name="question"),
    path("recover/check/", public_wizard.check, name="check"),
    path("recover/kit/", public_exits.begin_with_kit, name="begin_with_kit"),
    path("recover/case/kit/", public_exits.show_kit, name="show_kit"),
    path("vouch/<int:pk>/", vouching.vouch, name="vouch"),
    path("recover/status/", public_case.status, name="status"),
    path("recover/inquiry/", public_inquiry.inquiry, name="inquiry"),
    path("recover/inquiry/again/", public_inquiry.take_up, name="take_up"),
    path("recover/case/", public_case.case, name="case"),
    path("recover/case/mailbox/", public_case.mailbox, name="mailbox"),
    path("recover/case/mail/", public_case.change_mail, name="change_mail"),
    path("recover/case/code/", public_case.enter_code, name="enter_code"),
    path("recover/case/call-number/", public_call.call_number, name="call_number"),
    path("recover/case/no-code/", public_case.ask_for_code, name="ask_for_code"),
    path("recover/case/papers/", public_case.add_paper, name="add_paper"),
    path("recover/case/withdraw/", public_case.withdraw, name="withdraw"),
    path("recover/case/appeal/", public_afterwards.appeal, name="appeal"),
    path("recover/case/reopen/", public_afterwards.reopen, name="reopen"),
    path("recover/answer/<int:pk>/", public_inquiry.written_answer, name="written_answer"),
    path("recover/case/letter/", public_letter.progress_letter, name="progress_letter"),
    path("recover/object/", public_objection.object_to, name="object_to"),
    path("takeover/units/", public_units.units, name="units"),
    path("takeover/units/decline/", public_units.decline_units, name="decline_units"),
    path("takeover/list/<str:number>/", public_units.own_list, name="own_list"),
    path("takeover/", public_takeover.takeover, name="takeover"),
]
