"""Paths of the figures on fairness, and of the auditor's samples."""

from django.urls import URLPattern, path

from recovery.views.provider import auditing, fairness

SAMPLE = "desk/audit/<int:pk>/"

paths: list[URLPattern] = [
    path("desk/fairness/", fairness.report, name="fairness"),
    path("desk/fairness/csv/", fairness.report_csv, name="fairness_csv"),
    path("desk/fairness/quarters/<int:pk>/close/", fairness.close_drift, name="close_drift"),
    path("desk/audit/", auditing.samples, name="audit_samples"),
    path(SAMPLE, auditing.sample, name="audit_sample"),
    path(f"{SAMPLE}read/", auditing.read_sample, name="read_sample"),
    path(f"{SAMPLE}finding/", auditing.record_finding, name="record_finding"),
]
