"""One-off consents: asked for in a call or by receipt number, linked by the provider, answered by the customer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import refusal
from accounts.asking import Request
from accounts.errors import NotAllowed, Refused, WrongState
from accounts.rulebook import available, check
from audit.record import Public
from desk import bill_marks, transitions
from desk.forms.consents import AnswerConsentForm, AskConsentForm, LinkConsentForm
from desk.forms.tracking import TrackingForm
from desk.queries import consents, holder_of
from desk.rules import TABLE
from desk.rules.referrals import keeps_desks
from desk.views import looking
from desk.views.console import in_call
from desk.views.finding import is_first_press, visible
from desk.views.public_bills import begin, may_try
from handover.forms.fresh import fresh_check

PUBLIC = Public()
CONSENT = "consent"
ANSWERING = {"answer_consent": TABLE["answer_consent"]}


@require_http_methods(["GET", "POST"])
def ask_consent(request: Request, number: str) -> HttpResponse:
    """Take down in a call what a contractor wants the customer to consent to."""
    inquiry = visible(request, number)
    check(TABLE, "ask_consent", inquiry, request.actor)
    around = in_call(request, inquiry)
    form = AskConsentForm(request.POST or None)
    if form.is_valid():
        if is_first_press(form, request):
            transitions.ask_consent(inquiry.pk, **form.values, actor=request.actor, at=request.at)
        messages.success(request, _("Taken down. The provider asks the customer; you read here whether it was given."))
        return redirect(around["own_url"])
    return render(request, "desk/ask_consent.html", {"inquiry": inquiry, "form": form, **around})


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def consent(request: Request) -> HttpResponse:
    """Let a contractor open the own case by its codes. Wrong, unknown or too often: the same words."""
    form = TrackingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = form.number()
        if may_try(request, number):
            inquiry = consents.find_by_codes(number, form.cleaned_data["tracking"])
            if inquiry is not None:
                begin(request, CONSENT, inquiry.pk)
                return redirect("desk:consent_case")
        form.add_error(None, form.NOT_TOGETHER)
    return render(request, "desk/consent.html", {"form": form})


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def consent_case(request: Request) -> HttpResponse:
    """Show whether consent was given, and let the contractor ask for it. The same page whoever the customer is."""
    pk = bill_marks.read(request.session, CONSENT, at=request.at)
    inquiry = consents.find_inquiry(pk) if pk is not None else None
    if inquiry is None:
        return redirect("desk:consent")
    bill_marks.put(request.session, CONSENT, inquiry.pk, at=request.at)
    form = AskConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            if is_first_press(form, request):
                transitions.ask_consent(inquiry.pk, **form.values, actor=PUBLIC, at=request.at)
            messages.success(request, _("Taken down. We ask the customer, and tell you."))
        except WrongState:
            messages.warning(request, _("This is not possible at this stage. Nothing was changed."))
        return redirect("desk:consent_case")
    context = {"inquiry": inquiry, "form": form, "standing": consents.standing(inquiry, request.at)}
    return render(request, "desk/consent_case.html", context)


@require_safe
def consents_to_link(request: Request) -> HttpResponse:
    """List the consents for which the registration has to be found."""
    if not keeps_desks(request.actor):
        raise NotAllowed(TABLE["link_consent"].why_not)
    return render(request, "desk/consents_to_link.html", {"rows": consents.unlinked()})


@require_http_methods(["GET", "POST"])
def link_consent(request: Request, pk: int) -> HttpResponse:
    """Say which registration a contractor means."""
    found = consents.find_consent(request.actor, pk) if keeps_desks(request.actor) else None
    if found is None:
        raise Http404
    check(TABLE, "link_consent", found, request.actor)
    looking.count(request, found.inquiry)
    form = LinkConsentForm(request.POST or None)
    if form.is_valid():
        try:
            if customer := holder_of(form.cleaned_data["registration_number"]):
                looking.count_sought(request, customer, within=found.inquiry, place=found.label)
            transitions.link_consent(found.pk, **form.cleaned_data, actor=request.actor, at=request.at)
            messages.success(request, _("Linked. Whoever is in charge and the administrators are asked."))
            return redirect("desk:consents_to_link")
        except Refused as refused:
            refusal.put(form, refused)
    return render(request, "desk/link_consent.html", {"consent": found, "form": form, "words": found.words})


@require_http_methods(["GET", "POST"])
def answer_consent(request: Request, pk: int) -> HttpResponse:
    """Show who asks for what; ask for an answer with a fresh check."""
    found = consents.find_consent(request.actor, pk) if request.actor.is_customer else None
    if found is None:
        raise Http404
    form, fresh = AnswerConsentForm(request.POST or None), fresh_check(request)
    if request.method == "POST":
        check(TABLE, "answer_consent", found, request.actor)
    if request.method == "POST" and form.is_valid() and fresh.is_valid():
        given = form.cleaned_data["answer"] == "yes"
        transitions.answer_consent(found.pk, consents=given, actor=request.actor, at=request.at)
        messages.success(request, _("Thank you. Your answer counts for this one case only."))
        return redirect("desk:answer_consent", pk)
    may = available(ANSWERING, found, request.actor)
    context = {"consent": found, "words": found.words, "form": form if may else None, "fresh": fresh}
    return render(request, "desk/answer_consent.html", context)
