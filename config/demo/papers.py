"""The bytes of invented papers, made when they are needed: nothing binary lies in the source."""

from datetime import datetime

from django.utils import timezone
from django.utils.html import format_html, format_html_join

from config.demo.holdings import Paper
from handover.models import Document, Registration
from handover.printing.era import era_date
from handover.printing.render import render
from handover.vault.store import Draft
from handover.vault.upload import IncomingPaper

SHEET = "receipt"
"""Which of our style sheets these pages borrow."""


def arriving(name: str, data: bytes) -> IncomingPaper:
    """Return `data` as a form would hand it over after an upload."""
    draft = Draft()
    draft.write(data)
    draft.finish()
    return IncomingPaper(draft, name=name, size=len(data))


def made(paper: Paper, registration: Registration, number: int, at: datetime) -> IncomingPaper:
    """Return version `number` of `paper`, dated `at`."""
    if paper.kind == Document.Kind.SITE_LIST:
        return arriving(f"{paper.title}.csv", _site_list(registration))
    return arriving(f"{paper.title}-{number}.pdf", _page(paper, registration, number, at))


def _site_list(registration: Registration) -> bytes:
    floors = ("1階 受付", "3階 総務部", "8階 役員室")
    rows = [f"{registration.number},{floor},{registration.address}" for floor in floors]
    return ("\ufeff" + "\r\n".join(["登録番号,設置場所,所在地", *rows]) + "\r\n").encode()


def _page(paper: Paper, registration: Registration, number: int, at: datetime) -> bytes:
    day = timezone.localdate(at)
    rows = (
        ("登録番号", registration.number),
        ("登録者名義", registration.registered_name),
        ("利用部署", registration.unit),
        ("商品", registration.product.name_ja if registration.product else ""),
        ("所在地", registration.address),
        ("版", f"第{number}版"),
    )
    page = format_html(
        '<!doctype html><html lang="ja"><head><meta charset="utf-8"><title>{title}</title></head><body><main>'
        '<h1>{title}</h1><p class="running">{day}</p><div class="line"></div><p class="lead">{lead}</p>'
        '<table class="rows"><tbody>{rows}</tbody></table><p class="note">{note}</p></main></body></html>',
        title=paper.title,
        day=era_date(day, "ja"),
        lead="下記のとおり相違ありません。",
        rows=format_html_join("", "<tr><td>{}</td><td>{}</td></tr>", rows),
        note="この書類は見本です。効力はありません。",
    )
    return render(page, sheet=SHEET, created_at=timezone.localtime(at))
