"""Pages of what either side says besides yes and no: the list, the giver's signature, an objection, reading again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import refusal
from accounts.asking import Request
from accounts.errors import Refused
from accounts.rulebook import check
from handover import transitions
from handover.forms.fresh import fresh_check
from handover.forms.packages import ItemForm, RemarkForm, WordsForm
from handover.models import Handover, HandoverItem
from handover.queries import handovers as queries
from handover.rules import TABLE
from handover.views.handovers import visible


@require_http_methods(["GET", "POST"])
def add_item(request: Request, number: str) -> HttpResponse:
    """Put things, keys, sealed envelopes and notes on the list, one after the other."""
    found = visible(request, number)
    check(TABLE, "add_item", found, request.actor)
    items = queries.items_of(found)
    whole = [item for item in items if item.kind == HandoverItem.Kind.REGISTRATION]
    choices = [(item.registration_id, f"{item.registration.number}　{item.name}") for item in whole]
    first = {"kind": HandoverItem.Kind.THING, "registration_pk": choices[0][0] if choices else None}
    form = ItemForm(request.POST or None, registrations=choices, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            transitions.add_item(handover_pk=found.pk, **form.cleaned_data, actor=request.actor, at=timezone.now())
            messages.success(request, _("On the list. Add the next one, or go back to the handover."))
            return redirect("handover:add_item", number)
        except Refused as refused:
            refusal.put(form, refused)
    loose = [item for item in items if item.kind in HandoverItem.LOOSE]
    context = {"handover": found, "form": form, "loose": loose, "can_drop": found.status == Handover.Status.DRAFT}
    return render(request, "handover/handover_add_item.html", context)


@require_POST
def drop_item(request: Request, number: str, pk: int) -> HttpResponse:
    """Take one thing off the list of a draft."""
    found = visible(request, number)
    item = get_object_or_404(found.items.standing(), pk=pk)
    transitions.drop_item(item_pk=item.pk, actor=request.actor, at=timezone.now())
    messages.success(request, _("Taken off the list."))
    return redirect("handover:add_item", number)


@require_http_methods(["GET", "POST"])
def countersign(request: Request, number: str) -> HttpResponse:
    """Show every mark to the giver, ask for a remark and the fresh check, sign."""
    found = visible(request, number)
    check(TABLE, "countersign", found, request.actor)
    form, remark = fresh_check(request), RemarkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and remark.is_valid():
        text = remark.cleaned_data["remark"]
        transitions.countersign(handover_pk=found.pk, remark=text, actor=request.actor, at=timezone.now())
        messages.success(request, _("Signed. The receipt shows both sides."))
        return redirect("handover:handover", number)
    context = {"handover": found, "form": form, "remark": remark, "items": queries.items_of(found)}
    return render(request, "handover/handover_countersign.html", context)


@require_http_methods(["GET", "POST"])
def raise_objection(request: Request, number: str) -> HttpResponse:
    """Ask what speaks against it, then pause the handover."""
    found = visible(request, number)
    rule = check(TABLE, "raise_objection", found, request.actor)
    form = WordsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        transitions.raise_objection(handover_pk=found.pk, reason=text, actor=request.actor, at=timezone.now())
        messages.success(request, _("The handover is paused. An administrator has to answer you in writing."))
        return redirect("handover:handover", number)
    return render(request, "handover/handover_words.html", {"handover": found, "form": form, "words": rule.words})


@require_http_methods(["GET", "POST"])
def settle_objection(request: Request, number: str) -> HttpResponse:
    """Show the objection, ask for the answer, let the handover go on."""
    found = visible(request, number)
    rule = check(TABLE, "settle_objection", found, request.actor)
    form = WordsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        transitions.settle_objection(handover_pk=found.pk, answer=text, actor=request.actor, at=timezone.now())
        messages.success(request, _("Answered. The handover goes on, after three business days at the earliest."))
        return redirect("handover:handover", number)
    return render(request, "handover/handover_words.html", {"handover": found, "form": form, "words": rule.words})


@require_POST
def reopen_overlap(request: Request, number: str) -> HttpResponse:
    """Let the predecessor read and answer again."""
    found = visible(request, number)
    transitions.reopen_overlap(handover_pk=found.pk, actor=request.actor, at=timezone.now())
    messages.success(request, _("The predecessor can read and answer again."))
    return redirect("handover:handover", number)
