"""The few tags that pages are built of. Those with much inside have a template of their name in templates/components.

The others are written here: a page has dozens of them, and a template costs ten times as much as what it puts out.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django import forms, template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.paginator import Page
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.places import address
from handover.printing import era

register = template.Library()

# What a tone shows when the page names no icon: never colour alone.
TONE_ICONS = {"ok": "ok", "info": "half", "warn": "warn", "bad": "warn", "idle": "open"}
_NO_HEAD = SafeString('<td role="cell"></td>')
NOTICE_ICONS = {"ok": "ok", "info": "info", "warn": "warn", "bad": "bad", "idle": "info"}


@register.simple_tag
def colon() -> str:
    """Return what stands between a label and its value in the reader's language: Japanese has a wide one of its own."""
    return _(": ")


@register.filter
def era_date(value: date | datetime | None) -> str:
    """Return a day in the words of the reader: 2026年（令和8年）11月27日, or 27 November 2026.

    A datetime counts as the day it is here, in the current time zone. Nothing given, nothing shown.
    """
    if not value:
        return ""
    day = timezone.localdate(value) if isinstance(value, datetime) else value
    return era.era_date(day, get_language() or "ja")


@register.simple_tag
def day(value: date | datetime | None, weekday: bool = False) -> str:
    """{% day handover.effective_on %}: the date as people read it, with the machine's form beside it."""
    if not value:
        return ""
    local = timezone.localdate(value) if isinstance(value, datetime) else value
    words = era_date(local)
    if weekday:
        words += f"（{date_format(local, 'D')}）" if get_language() == "ja" else f" ({date_format(local, 'D')})"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), words)


@register.simple_tag
def moment(value: datetime | None) -> str:
    """{% moment event.at %}: date and time of day in the current time zone."""
    if not value:
        return ""
    local = timezone.localtime(value)
    return format_html(
        '<time datetime="{}">{} {}</time>',
        local.isoformat(timespec="seconds"),
        era_date(local),
        local.strftime("%H:%M"),
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """{% icon "ok" %}: a drawing of icons.svg in the size and colour of the text; silent, so never the only message."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        staticfiles_storage.url("icons.svg"),
        name,
    )


# A tag has a parameter of the same name.
_icon = icon


@register.simple_tag
def badge(tone: str, label: str, icon: str = "") -> SafeString:
    """{% badge "ok" _("Active") %}: a state as icon, word and tint. Tones: ok, info, warn, bad, idle.

    {% badge "idle" _("Locked") icon="lock" %} has another icon; with "as" it is handed on.
    """
    drawn = _icon(icon or TONE_ICONS.get(tone, "open"))
    return format_html('<span class="badge" data-tone="{}">{}{}</span>', tone, drawn, label)


@register.simple_tag
def link(url: str, label: str) -> SafeString:
    """{% link url _("Change") as change %}: to hand a link on as end=change."""
    return format_html('<a href="{}">{}</a>', url, label)


@register.simple_tag
def ruby(name: str, kana: str = "") -> SafeString:
    """{% ruby user.display_name user.kana %}: a name with its reading above, part by part when both have as many parts.

    A reading is never guessed: without `kana` the name stands alone.
    """
    parts, readings = name.split(), kana.split()
    pairs = list(zip(parts, readings, strict=True)) if len(parts) == len(readings) else [(name, kana)]
    if not kana:
        return format_html("{}", name)
    drawn = format_html_join(" ", "<ruby>{}<rp>（</rp><rt>{}</rt><rp>）</rp></ruby>", pairs)
    return format_html('<span lang="ja">{}</span>', drawn)


@register.simple_tag
def breadcrumbs(*trail: str) -> SafeString:
    """{% breadcrumbs _("Registrations") list_url number %}: label and address by turns, the page itself last.

    In the block "crumbs". The home page comes first by itself.
    """
    links = [(address("home"), _("Home")), *((trail[at + 1], trail[at]) for at in range(0, len(trail) - 1, 2))]
    here = trail[-1] if len(trail) % 2 else ""
    return format_html(
        '<nav class="crumbs" aria-label="{}"><ol role="list">{}{}</ol></nav>',
        _("You are here"),
        format_html_join("", '<li><a href="{}">{}</a></li>', links),
        format_html('<li aria-current="page">{}</li>', here) if here else "",
    )


@register.simple_tag(takes_context=True)
def pagination(context: Context, page: "Page[Any]") -> SafeString:
    """{% pagination page %} below a list: its pages; the other parts of the query stay as they are."""
    if not page.has_other_pages():
        return SafeString("")
    query = context["request"].GET.copy()
    query.pop("page", None)
    rest = f"{query.urlencode()}&" if query else ""

    def to(number: int) -> str:
        return f"?{rest}page={number}"

    elided = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    items: list[SafeString] = []
    if page.has_previous():
        items.append(_turn(to(page.previous_page_number()), "prev", _("Previous page")))
    for number in elided:
        items.append(_page_link(number, to, page.number))
    if page.has_next():
        items.append(_turn(to(page.next_page_number()), "next", _("Next page")))
    return format_html(
        '<nav class="pages" aria-label="{}"><ul role="list">{}</ul></nav>',
        _("Pages of the list"),
        SafeString("".join(items)),
    )


def _page_link(number: int | str, to: Callable[[int], str], here: int) -> SafeString:
    """Return the link to one page; what is no number stands for pages left out."""
    if not isinstance(number, int):
        return format_html("<li><span>{}</span></li>", number)
    current = SafeString(' aria-current="page"' if number == here else "")
    return format_html('<li><a href="{}"{}>{}</a></li>', to(number), current, number)


def _turn(address: str, relation: str, words: str) -> SafeString:
    return format_html('<li><a href="{}" rel="{}">{}</a></li>', address, relation, words)


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: forms.BaseForm) -> dict[str, Any]:
    """{% error_summary form %}: everything to put right, each linked to its field. Shown by {{ form }} already."""
    return {"form": form, "errors": field_errors(form)}


def field_errors(form: forms.BaseForm) -> list[dict[str, str]]:
    """Return the errors of `form` in the order of its fields, each with id and label of its field ("" for the form)."""
    rows = [{"id": "", "label": "", "text": str(error)} for error in form.non_field_errors()]
    for field in form:
        target, label = ("", "") if field.is_hidden else (field.auto_id, str(field.label or ""))
        rows += [{"id": target, "label": label, "text": str(error)} for error in field.errors]
    return rows


@register.inclusion_tag("components/steps.html")
def steps(items: list[dict[str, Any]]) -> dict[str, Any]:
    """{% steps items %}: numbered progress; each item: title, note, state (done, now, todo, locked), url (optional)."""
    words = {
        "done": ("ok", "ok", _("Done")),
        "now": ("info", "half", _("In progress")),
        "todo": ("idle", "open", _("Not started")),
        "locked": ("idle", "lock", _("Cannot start yet")),
    }
    rows = [{**item, "badge": words[item["state"]]} for item in items]
    return {"items": rows}


@register.simple_tag
def timeline(entries: Iterable[Any]) -> SafeString:
    """{% timeline entries %}: what happened, newest first; each entry has at, text, by ("" for nobody)."""
    rows = ((moment(one.at), one.text, format_html("<small>{}</small>", one.by) if one.by else "") for one in entries)
    return format_html('<ol class="timeline" role="list">{}</ol>', format_html_join("", "<li>{}{}{}</li>", rows))


@register.inclusion_tag("components/post_button.html", takes_context=True)
def post_button(context: Context, action: str, label: str, kind: str = "", icon: str = "") -> dict[str, Any]:
    """{% post_button url _("Withdraw") kind="danger" %}: a button that changes something and asks nothing more."""
    return {"action": action, "label": label, "kind": kind, "icon": icon, "csrf_token": context.get("csrf_token", "")}


@register.simple_block_tag
def heading(content: str, title: str, eyebrow: str = "", code: str = "") -> SafeString:
    """{% heading title eyebrow=_("Registration") code=number %}{% badge … %}{% endheading %}: the h1 of a page."""
    over = format_html("<span>{}</span>", eyebrow) if eyebrow else ""
    named = format_html('<span class="code">{}</span>', code) if code else ""
    above = format_html('<p class="eyebrow">{}{}</p>', over, named) if eyebrow or code else ""
    return format_html('<div class="heading"><div>{}<h1>{}</h1></div>\n{}</div>', above, title, content)


@register.simple_block_tag
def card(content: str, title: str = "", id: str = "", note: str = "", end: str = "", level: int = 2) -> SafeString:
    """{% card _("Papers") id="papers" note=… end=link %}…{% endcard %}: a white card with a heading.

    With an id it is a region of that name. `end`: ready HTML at the right of the head, a badge or link taken with "as".
    `level`: of the heading.
    """
    head: str = ""
    if title:
        named = format_html(' id="{}-title"', id) if id else ""
        noted = format_html('<span class="card-note">{}</span>', note) if note else ""
        heads = format_html("<h{}{}>{}</h{}>\n{}\n{}", level, named, title, level, noted, end)
        head = format_html('<div class="card-head">{}</div>', heads)
    kind = "section" if id else "div"
    region = format_html(' id="{}" aria-labelledby="{}-title"', id, id) if id else ""
    return format_html('<{}{} class="card">{}<div class="card-body">{}</div></{}>', kind, region, head, content, kind)


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "") -> SafeString:
    """{% notice "warn" title=… %}…{% endnotice %}: something to know before going on. Tones as those of a badge."""
    return format_html(
        '<div class="notice" data-tone="{}">{}<div class="stack close">{}{}</div></div>',
        tone,
        _icon(NOTICE_ICONS.get(tone, "info")),
        format_html("<p><strong>{}</strong></p>", title) if title else "",
        content,
    )


@register.simple_block_tag
def next_step(content: str, title: str, id: str = "next") -> SafeString:
    """{% next_step _("Accept the handover") %}<p>…</p><div class="cluster">…</div>{% endnext_step %}: one per page."""
    return render_to_string("components/next_step.html", {"content": content, "title": title, "id": id})


@register.simple_block_tag
def facts(content: str) -> SafeString:
    """{% facts %}{% fact … %}…{% endfacts %}: names and values, one below the other."""
    return format_html('<dl class="facts">{}</dl>', content)


@register.simple_block_tag
def fact(content: str, label: str, end: str = "") -> SafeString:
    """{% fact _("Custodian") end=badge %}…{% endfact %}: one row of facts; `end` stands at the right edge."""
    at_end = format_html('<dd class="fact-end">{}</dd>', end) if end else ""
    return format_html("<div><dt>{}</dt><dd>{}</dd>{}</div>", label, content, at_end)


@register.simple_block_tag
def table(content: str, caption: str = "") -> SafeString:
    """{% table caption=_("5 papers") %}{% columns … %}<tbody role="rowgroup">…{% endtable %}: becomes cards on a phone.

    Inside the body: {% row %}{% row_head %}…{% endrow_head %}{% cell _("State") %}…{% endcell %}{% endrow %}. The roles
    are written out because the phone's layout takes them away from the elements.
    """
    named = format_html("<caption>{}</caption>", caption) if caption else ""
    return format_html('<div class="table"><table role="table">{}{}</table></div>', named, content)


@register.simple_tag
def columns(*labels: str) -> SafeString:
    """{% columns _("Name") _("State") "" %}: the heads of the columns; "" for one that needs no name."""
    heads = (
        format_html('<th scope="col" role="columnheader">{}</th>', label) if label else _NO_HEAD for label in labels
    )
    return format_html('<thead role="rowgroup"><tr role="row">{}</tr></thead>', SafeString("".join(heads)))


@register.simple_block_tag
def row(content: str) -> SafeString:
    """{% row %}{% row_head %}…{% cell … %}…{% endrow %}: one row of a table."""
    return format_html('<tr role="row">{}</tr>', content)


@register.simple_block_tag
def row_head(content: str) -> SafeString:
    """{% row_head %}<a href="…">…</a>{% endrow_head %}: the cell that names its row."""
    return format_html('<th scope="row" role="rowheader">{}</th>', content)


@register.simple_block_tag
def cell(content: str, label: str = "", kind: str = "") -> SafeString:
    """{% cell _("State") %}…{% endcell %}: a value and its column's name; kind: "", "number" (never broken), "end"."""
    return format_html('<td role="cell" data-label="{}" class="{}">{}</td>', label, kind, content)
