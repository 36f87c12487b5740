"""The few tags that pages are built of. The template of the same name in templates/components says how each is used."""

from datetime import date, datetime
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from handover.printing import era

register = template.Library()

# What a tone shows when the page names no icon: never colour alone.
TONE_ICONS = {"ok": "ok", "info": "half", "warn": "warn", "bad": "warn", "idle": "open"}
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
    return render_to_string("components/icon.html", {"name": name})


@register.simple_tag
def badge(tone: str, label: str, icon: str = "") -> SafeString:
    """{% badge "ok" _("Active") %}: a state as icon, word and tint. Tones: ok, info, warn, bad, idle."""
    return render_to_string(
        "components/badge.html", {"tone": tone, "label": label, "icon": icon or TONE_ICONS.get(tone, "open")}
    )


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
    return render_to_string("components/ruby.html", {"pairs": pairs, "name": name, "kana": kana})


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*trail: str) -> dict[str, Any]:
    """{% breadcrumbs _("Registrations") list_url number %}: label and address by turns, the page itself last.

    The home page comes first by itself.
    """
    links = [{"label": trail[i], "url": trail[i + 1]} for i in range(0, len(trail) - 1, 2)]
    return {"links": links, "here": trail[-1] if len(trail) % 2 else ""}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: Context, page: "Page[Any]") -> dict[str, Any]:
    """{% pagination page %}: the pages of a list; the other parts of the query stay as they are."""
    pages = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    return {"page": page, "pages": list(pages), "gap": page.paginator.ELLIPSIS, "request": context["request"]}


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


@register.inclusion_tag("components/timeline.html")
def timeline(entries: list[dict[str, Any]]) -> dict[str, Any]:
    """{% timeline entries %}: what happened, newest first; each entry: at, text, by (optional)."""
    return {"entries": entries}


@register.inclusion_tag("components/post_button.html", takes_context=True)
def post_button(context: Context, action: str, label: str, kind: str = "", icon: str = "") -> dict[str, Any]:
    """{% post_button url _("Withdraw") kind="danger" %}: a button that changes something and asks nothing more."""
    return {"action": action, "label": label, "kind": kind, "icon": icon, "csrf_token": context.get("csrf_token", "")}


@register.simple_block_tag
def heading(content: str, title: str, eyebrow: str = "", code: str = "") -> SafeString:
    """{% heading title eyebrow=_("Registration") code=number %}{% badge … %}{% endheading %}: the h1 of a page."""
    return render_to_string(
        "components/heading.html", {"content": content, "title": title, "eyebrow": eyebrow, "code": code}
    )


@register.simple_block_tag
def card(content: str, title: str = "", id: str = "", note: str = "", end: str = "", level: int = 2) -> SafeString:
    """{% card _("Papers") id="papers" note=… end=link %}…{% endcard %}: a white card with a heading."""
    return render_to_string(
        "components/card.html",
        {"content": content, "title": title, "id": id, "note": note, "end": end, "level": level},
    )


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "") -> SafeString:
    """{% notice "warn" title=… %}…{% endnotice %}: something to know before going on."""
    return render_to_string(
        "components/notice.html",
        {"content": content, "tone": tone, "title": title, "icon": NOTICE_ICONS.get(tone, "info")},
    )


@register.simple_block_tag
def next_step(content: str, title: str, id: str = "next") -> SafeString:
    """{% next_step _("Accept the handover") %}<p>…</p><div class="cluster">…</div>{% endnext_step %}: one per page."""
    return render_to_string("components/next_step.html", {"content": content, "title": title, "id": id})


@register.simple_block_tag
def facts(content: str) -> SafeString:
    """{% facts %}{% fact … %}…{% endfacts %}: names and values, one below the other."""
    return render_to_string("components/facts.html", {"content": content})


@register.simple_block_tag
def fact(content: str, label: str, end: str = "") -> SafeString:
    """{% fact _("Custodian") end=badge %}…{% endfact %}: one row of facts; `end` stands at the right edge."""
    return render_to_string("components/fact.html", {"content": content, "label": label, "end": end})


@register.simple_block_tag
def table(content: str, caption: str = "") -> SafeString:
    """{% table caption=… %}{% columns … %}<tbody role="rowgroup">…{% endtable %}: becomes cards on a phone."""
    return render_to_string("components/table.html", {"content": content, "caption": caption})


@register.inclusion_tag("components/columns.html")
def columns(*labels: str) -> dict[str, Any]:
    """{% columns _("Name") _("State") "" %}: the heads of the columns; "" for one that needs no name."""
    return {"labels": labels}


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
