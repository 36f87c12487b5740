"""What the tags of the pages put out: dates with their era, names with their reading, errors at their field."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from config.templatetags import ui


class Question(forms.Form):
    number = forms.CharField(label="Number", help_text="On the bill")
    received = forms.ChoiceField(label="Received", choices=[("y", "Yes"), ("n", "No")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False)


def page(source: str, **context: object) -> str:
    request = RequestFactory().get("/registrations/", {"q": "aoba", "page": "2"})
    return engines["django"].from_string(source).render(context, request)


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 27), "2026年（令和8年）11月27日"),
        (date(2019, 5, 1), "2019年（令和元年）5月1日"),
        (date(2019, 4, 30), "2019年（平成31年）4月30日"),
        (date(1989, 1, 7), "1989年（昭和64年）1月7日"),
        (date(1926, 12, 24), "1926年（大正15年）12月24日"),
        (date(1912, 7, 29), "1912年（明治45年）7月29日"),
        (date(1867, 1, 1), "1867年1月1日"),
    ],
)
def test_reader_of_japanese_sees_the_year_with_its_era(day: date, words: str) -> None:
    with translation.override("ja"):
        assert ui.era_date(day) == words


def test_reader_of_english_sees_no_era() -> None:
    with translation.override("en"):
        assert ui.era_date(date(2026, 11, 27)) == "27 November 2026"


def test_moment_near_midnight_shows_the_day_it_is_in_japan() -> None:
    with translation.override("ja"):
        assert "2026年（令和8年）11月28日 00:30" in ui.moment(datetime(2026, 11, 27, 15, 30, tzinfo=UTC))


def test_day_that_is_not_known_shows_nothing() -> None:
    assert ui.day(None) == ui.moment(None) == ui.era_date(None) == ""


def test_name_gets_its_reading_part_by_part() -> None:
    shown = page('{% ruby "髙橋　美咲" "たかはし　みさき" %}')
    assert "<ruby>髙橋<rp>（</rp><rt>たかはし</rt>" in shown
    assert shown.count("<ruby>") == 2


def test_name_whose_reading_has_other_parts_keeps_them_together() -> None:
    assert page('{% ruby "青葉商事株式会社" "あおば しょうじ" %}').count("<ruby>") == 1


def test_name_without_reading_stands_alone_and_escaped() -> None:
    assert page("{% ruby name kana %}", name="<b>", kana="").strip() == "&lt;b&gt;"


def test_refused_form_links_each_error_and_names_it_at_its_field() -> None:
    shown = page("{{ form }}", form=Question({"number": "", "received": "x"}))
    assert '<a href="#id_number">' in shown
    assert '<a href="#id_received">' in shown
    assert 'aria-describedby="id_number_helptext id_number_error"' in shown
    assert 'id="id_number_error"' in shown
    assert 'aria-invalid="true"' in shown


def test_radio_buttons_stand_in_a_fieldset_with_the_question_as_legend() -> None:
    shown = page("{{ form.received.as_field_group }}", form=Question())
    assert "<fieldset" in shown
    assert "<legend>Received" in shown


def test_field_that_may_stay_empty_says_so_and_a_search_does_not() -> None:
    form = Question()
    assert 'class="optional"' in page("{{ form.note.as_field_group }}", form=form)
    assert 'class="optional"' not in page("{{ form.number.as_field_group }}", form=form)
    form.mark_optional = False
    assert 'class="optional"' not in page("{{ form.note.as_field_group }}", form=form)


def test_next_page_keeps_what_was_searched_for() -> None:
    shown = page("{% pagination page %}", page=Paginator(range(100), 20).page(2))
    assert 'href="?q=aoba&amp;page=3"' in shown
    assert shown.count('aria-current="page"') == 1


def test_list_of_one_page_has_no_pagination() -> None:
    assert page("{% pagination page %}", page=Paginator(range(3), 20).page(1)).strip() == ""


def test_badge_shows_an_icon_beside_its_word() -> None:
    shown = page('{% badge "warn" label %}', label="<due>")
    assert "#warn" in shown
    assert "&lt;due&gt;" in shown


def test_card_keeps_its_content_and_escapes_its_title() -> None:
    shown = page('{% card title id="papers" %}<p>{{ title }}</p>{% endcard %}', title="<x>")
    assert '<section id="papers" aria-labelledby="papers-title" class="card">' in shown
    assert shown.count("&lt;x&gt;") == 2
    assert "<p>" in shown


def test_table_names_the_column_of_each_value() -> None:
    shown = page(
        '{% table %}{% columns "Name" "" %}{% row %}{% cell "State" %}ok{% endcell %}{% endrow %}{% endtable %}'
    )
    assert '<td role="cell" data-label="State" class="">ok</td>' in shown
    assert shown.count('role="columnheader"') == 1
