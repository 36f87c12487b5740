"""Paths of the provider: find, prove, decide, carry out. Operators collect and propose; approvers decide."""

from django.urls import URLPattern, path

from recovery.views.provider import afterwards, deciding, excepting, finding, objections, posting, proving, rolling_back

CLAIM = "desk/claims/<str:number>/"

paths: list[URLPattern] = [
    path(f"{CLAIM}candidates/", finding.candidates, name="candidates"),
    path(f"{CLAIM}link/", finding.link, name="link"),
    path(f"{CLAIM}accept/", finding.accept, name="accept"),
    path(f"{CLAIM}record/", finding.open_record, name="open_record"),
    path(f"{CLAIM}office/", finding.take_head_office, name="take_head_office"),
    path(f"{CLAIM}evidence/", proving.record_evidence, name="record_evidence"),
    path(f"{CLAIM}evidence/<int:pk>/back/", proving.take_back, name="take_back"),
    path(f"{CLAIM}evidence/<int:pk>/second/", proving.second, name="second"),
    path(f"{CLAIM}letter/", proving.order_letter, name="order_letter"),
    path(f"{CLAIM}mail-code/", proving.order_mail_code, name="order_mail_code"),
    path(f"{CLAIM}attempt/", proving.record_attempt, name="record_attempt"),
    path(f"{CLAIM}submissions/<int:pk>/", proving.submission, name="submission"),
    path(f"{CLAIM}propose/", deciding.propose, name="propose"),
    path(f"{CLAIM}decide/", deciding.decide, name="decide"),
    path(f"{CLAIM}send-back/", deciding.send_back, name="send_back"),
    path(f"{CLAIM}refuse/", deciding.refuse, name="refuse"),
    path(f"{CLAIM}execute/", deciding.execute, name="execute"),
    path(f"{CLAIM}invite/", deciding.invite_claimant, name="invite_claimant"),
    path(f"{CLAIM}resume/", deciding.resume, name="resume"),
    path(f"{CLAIM}objections/<int:pk>/review/", objections.review_objection, name="review_objection"),
    path(f"{CLAIM}objections/<int:pk>/decide/", objections.decide_objection, name="decide_objection"),
    path(f"{CLAIM}exception/", excepting.ask_exception, name="ask_exception"),
    path(f"{CLAIM}exceptions/<int:pk>/", excepting.exception, name="exception"),
    path(f"{CLAIM}exceptions/<int:pk>/refuse/", excepting.refuse_exception, name="refuse_exception"),
    path(f"{CLAIM}exceptions/<int:pk>/end/", excepting.end_exception, name="end_exception"),
    path(f"{CLAIM}rollback/", rolling_back.ask_rollback, name="ask_rollback"),
    path(f"{CLAIM}rollback/confirm/", rolling_back.confirm_rollback, name="confirm_rollback"),
    path(f"{CLAIM}rollback/decline/", rolling_back.decline_rollback, name="decline_rollback"),
    path("desk/exceptions/", excepting.exceptions, name="exceptions"),
    path("desk/rule-reviews/", excepting.rule_reviews, name="rule_reviews"),
    path("desk/rule-reviews/<int:pk>/close/", excepting.close_rule_review, name="close_rule_review"),
    path(f"{CLAIM}appeal/decide/", afterwards.decide_appeal, name="decide_appeal"),
    path(f"{CLAIM}remind/", afterwards.remind, name="remind"),
    path(f"{CLAIM}capacity/", afterwards.find_capacity, name="find_capacity"),
    path(f"{CLAIM}objections/<int:pk>/identify/", afterwards.identify_objector, name="identify_objector"),
    path("desk/duties/", afterwards.duties, name="duties"),
    path("desk/duties/<int:pk>/finish/", afterwards.finish_duty, name="finish_duty"),
    path("desk/letters/", posting.letters, name="letters"),
    path("desk/letters/print/", posting.print_letters, name="print_letters"),
    path("desk/letters/<int:pk>/delivered/", posting.record_delivery, name="record_delivery"),
    path("desk/letters/<int:pk>/returned/", posting.record_return, name="record_return"),
]
