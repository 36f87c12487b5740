"""Seeing a paper without saving it: pictures of its pages or its first lines, each opening a line in the history (D5).

A look lasts for `LASTS` in one session: within it pages are turned and zoomed into, and pictures are given out. Whoever
opens the preview anew looks anew. Who may see the paper at all is asked for every picture again.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.asking import Request
from accounts.errors import NotAllowed, WrongState
from handover import transitions
from handover.documents import store
from handover.forms.papers import LookForm
from handover.models import DocumentVersion, MandateRegistration
from handover.queries import mandates, papers
from handover.rules.mandates import represents
from handover.rules.papers import capacity, must_say_why
from handover.vault import preview
from handover.views.papers import opened

LASTS = timedelta(minutes=30)
AT_ONCE = 10
ZOOMS = (100, 150, 200, 300)
"""Width of a page in percent of the room there is; all but the first get a picture of twice the pixels across."""
_KEPT = "looks"
_MOST_KEPT = 20
_PRIVATE = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True)
class _Way:
    """By which right somebody looks: as whom the session knows the look, what writes it down, and where links lead."""

    mark: str
    write: Callable[[str], object]
    asks_why: bool
    pictures: str  # address of page 0
    download: str
    back: str


@require_http_methods(["GET", "POST"])
def look(request: Request, pk: int, number: int) -> HttpResponse:
    """Show the pages of a version; administrators who do not hold the registration say why first."""
    found = _found(request, pk, number)
    return _look(request, found, _own(request, found))


@require_GET
def picture(request: Request, pk: int, number: int, page: int) -> HttpResponse:
    """Give one page as a picture to whoever is looking."""
    found = _found(request, pk, number)
    return _picture(request, found, _own_mark(found), page, back=reverse("handover:paper", args=[pk]))


@require_http_methods(["GET", "POST"])
def look_by_mandate(request: Request, number: str, registration: str, pk: int, version: int) -> HttpResponse:
    """Show who stands for the person in charge the pages of a version."""
    row, found = _mandated(request, number, registration, pk, version)

    def write(reason: str) -> object:
        return transitions.look_at_paper_by_mandate(
            row_pk=row.pk, version_pk=found.pk, actor=request.actor, at=request.at
        )

    place = (number, registration, pk, version)
    way = _Way(
        mark=_mandated_mark(row, found),
        write=write,
        asks_why=False,
        pictures=reverse("handover:mandated_picture", args=[*place, 0]),
        download=reverse("handover:mandated_paper", args=place),
        back=reverse("handover:mandated", args=[number, registration]),
    )
    return _look(request, found, way)


@require_GET
def picture_by_mandate(
    request: Request, number: str, registration: str, pk: int, version: int, page: int
) -> HttpResponse:
    """Give one page as a picture to who stands for the person in charge and is looking."""
    row, found = _mandated(request, number, registration, pk, version)
    back = reverse("handover:mandated", args=[number, registration])
    return _picture(request, found, _mandated_mark(row, found), page, back=back)


def _found(request: Request, pk: int, number: int) -> DocumentVersion:
    found = papers.find_version(request.actor, pk, number, request.at)
    if found is None:
        raise Http404
    if found.document.is_sealed:
        raise NotAllowed(_("This paper is under seal. It has no preview; the person in charge alone opens it."))
    return found


def _mandated(
    request: Request, number: str, registration: str, pk: int, version: int
) -> tuple[MandateRegistration, DocumentVersion]:
    row = mandates.find_row(request.actor, number, registration, request.at)
    found = mandates.find_version(row, pk, version) if row and represents(request.actor, row) else None
    if row is None or found is None:
        raise Http404
    return row, found


def _own(request: Request, version: DocumentVersion) -> _Way:
    def write(reason: str) -> object:
        return transitions.look_at_paper(version_pk=version.pk, reason=reason, actor=request.actor, at=request.at)

    place = (version.document_id, version.number)
    return _Way(
        mark=_own_mark(version),
        write=write,
        asks_why=must_say_why(capacity(request.actor, version.document, request.at)),
        pictures=reverse("handover:page_picture", args=[*place, 0]),
        download=reverse("handover:download_document", args=place),
        back=reverse("handover:paper", args=[version.document_id]),
    )


def _own_mark(version: DocumentVersion) -> str:
    return str(version.pk)


def _mandated_mark(row: MandateRegistration, version: DocumentVersion) -> str:
    return f"{version.pk} by {row.pk}"


def _look(request: Request, version: DocumentVersion, way: _Way) -> HttpResponse:
    """Ask why where that is needed, make sure that there is something to show, write the look down, show."""
    kind = preview.kind_of(version.blob.content_type)
    context = {"version": version, "document": version.document, "way": way, "is_look": True}
    if not kind:
        return render(request, "handover/papers_unseen.html", context)
    goes_on = "page" in request.GET and _is_looking(request, way.mark)
    reason = ""
    if way.asks_why and not goes_on:
        form = LookForm(request.POST or None)
        if not form.is_valid():
            return render(request, "handover/papers_why.html", {**context, "form": form})
        reason = form.cleaned_data["reason"]
    reader = opened(request, version, back=way.back)
    if isinstance(reader, HttpResponse):
        return reader
    page = _number(request, "page", 1, 100_000)
    try:
        shown = _lines(reader, kind) if kind in preview.READ else _pages(reader, kind, page, way)
    except preview.NotShown:
        return render(request, "handover/papers_unseen.html", {**context, "is_failed": True})
    if not goes_on:
        way.write(reason)
        _begin(request, way.mark)
    if request.method == "POST":
        return redirect(f"{request.path}?page=1")
    answer = render(request, "handover/papers_look.html", {**context, **shown, **_zoom(request, page)})
    answer["Cache-Control"] = _PRIVATE["Cache-Control"]
    return answer


def _lines(reader: store.Reader, kind: str) -> dict[str, object]:
    with closing(reader):
        return {"kind": kind, "lines": preview.lines(reader, kind)}


def _pages(reader: store.Reader, kind: str, page: int, way: _Way) -> dict[str, object]:
    """Return the pages beside `page` that one answer shows, at most `AT_ONCE`, each with the places of its pictures."""
    first = (page - 1) // AT_ONCE * AT_ONCE + 1
    with closing(reader):
        outline = preview.outline(reader, kind, first=first, many=AT_ONCE)
    if not outline.sizes:
        raise Http404
    stem = way.pictures.removesuffix("0/")
    pages = [
        {"number": number, "width": width, "height": height, "url": f"{stem}{number}/"}
        for number, (width, height) in enumerate(outline.sizes, first)
    ]
    after = first + len(pages)
    return {
        "kind": kind,
        "pages": pages,
        "count": outline.pages,
        "previous": max(1, page - 1),
        "next": min(outline.pages, page + 1),
        "before": first - AT_ONCE if first > 1 else None,
        "after": after if after <= outline.pages else None,
    }


def _zoom(request: Request, page: int) -> dict[str, object]:
    zoom = _number(request, "zoom", 1, len(ZOOMS))
    return {
        "page": page,
        "zoom": zoom,
        "percent": ZOOMS[zoom - 1],
        "zooms": " ".join(map(str, ZOOMS)),
        "smaller": max(1, zoom - 1),
        "larger": min(len(ZOOMS), zoom + 1),
    }


def _picture(request: Request, version: DocumentVersion, mark: str, page: int, *, back: str) -> HttpResponse:
    if not _is_looking(request, mark):
        raise WrongState(_("The preview was opened too long ago. Open it again."))
    kind = preview.kind_of(version.blob.content_type)
    if kind not in preview.DRAWN:
        raise Http404
    reader = opened(request, version, back=back)
    if isinstance(reader, HttpResponse):
        return reader
    try:
        with closing(reader):
            made = preview.picture(reader, kind, page=page, is_large="large" in request.GET)
    except preview.NotShown as error:
        raise Http404 from error
    headers = _PRIVATE | {"Content-Security-Policy": "sandbox; default-src 'none'", "Content-Disposition": "inline"}
    return HttpResponse(made, content_type="image/jpeg", headers=headers)


def _is_looking(request: Request, mark: str) -> bool:
    return float(request.session.get(_KEPT, {}).get(mark, 0)) > request.at.timestamp()


def _begin(request: Request, mark: str) -> None:
    now = request.at.timestamp()
    others = {name: until for name, until in request.session.get(_KEPT, {}).items() if until > now and name != mark}
    newest = dict(list(others.items())[1 - _MOST_KEPT :])
    request.session[_KEPT] = newest | {mark: now + LASTS.total_seconds()}


def _number(request: Request, name: str, least: int, most: int) -> int:
    """Return a number of the query between `least` and `most`, for whatever else is written there `least`."""
    given = request.GET.get(name, "")
    return min(max(int(given), least), most) if given.isdecimal() and len(given) < 10 else least
