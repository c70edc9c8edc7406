"""A written page frees its variables at once, without a garbage collection, and shared macros go on working."""

import gc
import json
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment, Template

from cardwright.formats.html_page import page_environment
from cardwright.formats.page_template import PageTemplate
from cardwright.http import Request
from cardwright.server.app import build
from cardwright.settings import Settings

TEMPLATES = {
    "page": """
{%- from "parts" import title with context -%}
{%- from "shared" import dashed -%}
{%- macro line(text) %}{{ title() }}: {{ dashed(text) }}{% endmacro -%}
{{ line(report.name) }}{{ inner() }}{{ line(report.name) }}""",
    "parts": "{% macro title() %}<{{ report.name }}>{% endmacro %}",
    "shared": "{% macro dashed(text) %}-{{ text }}-{% endmacro %}",
}


class Report:
    """A variable of a page."""

    def __init__(self, name: str) -> None:
        self.name = name


class Headers(dict[str, str]):
    """Headers of a request, which the page's variables hold."""


@pytest.fixture(autouse=True)
def no_collections() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def environment(kind: type[Template]) -> Environment:
    made = Environment(loader=DictLoader(TEMPLATES), autoescape=False)  # noqa: S701 - no page
    made.template_class = kind
    return made


def written(made: Environment, name: str, inner: Callable[[], str] = str) -> tuple[str, weakref.ref[Report]]:
    report = Report(name)
    return made.get_template("page").render(report=report, inner=inner), weakref.ref(report)


def test_a_variable_is_freed_with_its_page() -> None:
    text, report = written(environment(PageTemplate), "first")
    assert text == "<first>: -first-" * 2
    assert report() is None


def test_jinjas_own_template_keeps_a_variable_until_a_collection() -> None:
    _, report = written(environment(Template), "first")
    assert report() is not None


def test_later_pages_use_the_shared_macros() -> None:
    made = environment(PageTemplate)
    assert [written(made, name)[0] for name in ("first", "second")] == [
        "<first>: -first-" * 2,
        "<second>: -second-" * 2,
    ]


def test_a_page_within_a_page_leaves_the_outer_one_its_variables() -> None:
    made = environment(PageTemplate)
    text, report = written(made, "outer", lambda: written(made, "inner")[0])
    assert text == "<outer>: -outer-" + "<inner>: -inner-" * 2 + "<outer>: -outer-"
    assert report() is None


def test_a_page_after_one_that_failed_is_complete() -> None:
    def fail() -> str:
        raise LookupError

    made = environment(PageTemplate)
    with pytest.raises(LookupError):
        written(made, "first", fail)
    assert written(made, "second")[0] == "<second>: -second-" * 2


def test_a_page_of_the_console_leaves_none_of_its_variables(tmp_path: Path) -> None:
    application = build(Settings(home=tmp_path / "home"))
    content = json.dumps({"intended_uses": {"purpose_of_model": "sort waste"}})
    body = json.dumps({"ModelCardName": "bin", "ModelCardStatus": "Draft", "Content": content}).encode()
    created = Request(
        "POST", "/", headers={"x-amz-target": "SageMaker.CreateModelCard", "host": "localhost"}, body=body
    )
    assert application.answer(created).status == 200
    left = []
    for turn in range(2):  # the first page also makes what later ones share
        gc.collect()
        page = Request("GET", "/cards/bin", headers=Headers(host="localhost"))
        answer = application.answer(page)
        assert (answer.status, b"sort waste" in answer.body) == (200, True)
        left.append(weakref.ref(page.headers))
        del page, answer
        assert turn == 0 or left[turn]() is None
    application.close()


def test_documents_have_such_templates() -> None:
    assert page_environment().template_class is PageTemplate
