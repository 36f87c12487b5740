"""Parts of the frame that are drawn once: no reader gets what is another's, and nothing is drawn that was not given."""

import pytest
from django.template import engines
from django.test import Client, RequestFactory
from django.utils import translation
from django.utils.safestring import SafeString

from config.templatetags import kept
from tests.cast import Cast, sign_in


def page(source: str, **context: object) -> str:
    request = RequestFactory().get("/")
    return engines["django"].from_string(source).render(context, request)


def test_part_sees_only_what_it_is_given() -> None:
    nav = '{% kept "components/main_nav.html" site_name=given %}'
    assert "窓口" in page(nav, given="窓口", site_name="other", shown=["leaks"])
    assert "leaks" not in page(nav, given="窓口", shown=["leaks"])


def test_what_differs_is_drawn_for_itself() -> None:
    nav = '{% kept "components/main_nav.html" site_name=given %}'
    assert "&lt;b&gt;" in page(nav, given="<b>")
    assert "<b>" in page(nav, given=SafeString("<b>"))
    assert "&lt;b&gt;" in page(nav, given="<b>")
    foot = '{% kept "components/footer.html" site_name="x" provider_name="y" %}'
    with translation.override("ja"):
        japanese = page(foot)
    with translation.override("en"):
        assert page(foot) != japanese and "Questions and answers" in page(foot)
    with translation.override("ja"):
        assert page(foot) == japanese


def test_what_is_kept_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 3)
    for number in range(10):
        assert f"name-{number}" in page(f'{{% kept "components/main_nav.html" site_name="name-{number}" %}}')
        assert len(kept._drawn) <= 3


def test_each_reader_has_the_own_name_and_navigation(cast: Cast) -> None:
    for _turn in range(2):
        shown = sign_in(Client(), cast.hanako).get("/people/").content.decode()
        assert cast.hanako.display_name in shown and 'href="/registrations/"' in shown and 'href="/team/"' not in shown
        shown = sign_in(Client(), cast.operator).get("/people/").content.decode()
        assert cast.operator.display_name in shown and 'href="/registrations/"' not in shown
        assert cast.hanako.display_name not in shown
    assert 'name="csrfmiddlewaretoken"' not in "".join(kept._drawn.values())


def test_address_without_arguments_is_the_same_as_ever() -> None:
    assert page('{% url "home" %} {% url "handover:registrations" %}') == "/ /registrations/"
    assert (
        page('{% url name %} {% url "home" as there %}[{{ there }}]', name="account_logout") == "/accounts/logout/ [/]"
    )
