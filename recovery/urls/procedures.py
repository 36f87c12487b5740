"""Paths of the procedure itself, and of what a changed rule finds."""

from django.urls import URLPattern, path

from recovery.views.provider import drafting, procedures, scripts

DRAFT = "desk/procedure/draft/"

paths: list[URLPattern] = [
    path("desk/procedure/", procedures.procedures, name="procedures"),
    path("desk/procedure/<int:version>/", procedures.procedure, name="procedure"),
    path(f"{DRAFT}begin/", drafting.begin_draft, name="begin_draft"),
    path(f"{DRAFT}begin-shipped/", drafting.begin_shipped_draft, name="begin_shipped_draft"),
    path(f"{DRAFT}entries/<str:section>/<str:name>/", drafting.change_entry, name="change_entry"),
    path(f"{DRAFT}figures/", drafting.change_figures, name="change_figures"),
    path(f"{DRAFT}scripts/add/", scripts.add_script, name="add_script"),
    path("desk/scripts/tasks/<int:pk>/draft/", scripts.draft_script, name="draft_script"),
    path(f"{DRAFT}whole/", drafting.change_whole, name="change_whole"),
    path(f"{DRAFT}discard/", drafting.discard_draft, name="discard_draft"),
    path(f"{DRAFT}replay/", procedures.replay, name="replay"),
    path(f"{DRAFT}replay/begin/", drafting.begin_replay, name="begin_replay"),
    path(f"{DRAFT}propose/", drafting.propose_publication, name="propose_publication"),
    path(f"{DRAFT}publish/", drafting.publish, name="publish"),
    path("desk/rule-changes/", procedures.rule_changes, name="rule_changes"),
    path("desk/claims/<str:number>/reopen-by-rule/", procedures.reopen_by_rule, name="reopen_by_rule"),
]
