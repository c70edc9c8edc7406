"""Notebook output: escaped, with short figures, charts and the theme, and without effect on the notebook."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import Browser

from cardwright import Session
from cardwright.model_card import EvaluationJob, Metric, MetricGroup, ModelCard
from tests.model_card.sessions import ServerSession

ATTACK = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&</style>"
CURVE = [[0.0, 0.0], [0.25, 0.8], [1.0, 1.0]]
# JupyterLab's rules that would change a table.
JUPYTER = """
.jp-RenderedHTMLCommon td, .jp-RenderedHTMLCommon th, .jp-RenderedHTMLCommon tr { text-align: right; padding: 0.5em }
.jp-RenderedHTMLCommon tbody tr:nth-child(odd) { background: yellow }
.jp-RenderedHTMLCommon dt { width: 20%; float: left }
"""


class Elements(HTMLParser):
    """The elements and attributes of a piece of HTML."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value for name, value in attrs if name == "id" and value]


def shown(value: Any) -> str:
    html = value._repr_html_()
    assert isinstance(html, str)
    return html


def body(html: str) -> str:
    return html.partition("</style>")[2]


def card_of(session: Any, **members: Any) -> ModelCard:
    return ModelCard("shown", sagemaker_session=session, **members)


def job() -> EvaluationJob:
    figures = MetricGroup("binary", [Metric("accuracy", "number", 0.97123456), Metric("rows", "number", 1234567)])
    curve = Metric(
        "receiver_operating_characteristic_curve", "linear_graph", CURVE, x_axis_name="fpr", y_axis_name="tpr"
    )
    matrix = Metric("confusion_matrix", "matrix", [[90, 2], [3, 5]], x_axis_name=["n", "y"], y_axis_name=["n", "y"])
    return EvaluationJob("holdout", metric_groups=[figures, MetricGroup("charts", [curve, matrix])])


@pytest.fixture
def embedded(tmp_path: Path) -> Any:
    with Session(home=tmp_path / "home") as session:
        yield session


def test_a_card_shows_status_risk_figures_and_charts(embedded: Session) -> None:
    html = shown(
        card_of(embedded, status="PendingReview", intended_uses={"risk_rating": "High"}, evaluation_details=[job()])
    )
    assert "Pending review" in html
    assert re.search(r'class="cw-risk cw-risk-high">.*High', html)
    assert '0<span class="cw-f">.9712</span>' in html
    assert "1,234,567" in html
    assert "0.97123456" not in html
    assert "ch-l1" in body(html)
    assert "cw-matrix" in body(html)
    assert "not created yet" in html


def test_an_evaluation_and_a_metric_group_show_their_figures_and_charts() -> None:
    evaluation = job()
    for html in (shown(evaluation), shown(evaluation.metric_groups[1])):
        assert "ch-l1" in body(html)
        assert "cw-matrix" in body(html)
    assert "0.9712" in re.sub("<.*?>", "", shown(evaluation.metric_groups[0]))


def test_history_and_difference_are_shown(session: ServerSession, name: str) -> None:
    card = ModelCard(name, sagemaker_session=session, evaluation_details=[job()])
    card.save()
    card.evaluation_details[0].metric_groups[0].metric_data[0].value = 0.98
    card.business_details = {"business_problem": "Too many false alarms."}
    difference = card.compare()
    assert not difference.equal
    text = re.sub("<.*?>", " ", body(shown(difference)))
    assert re.search(r"accuracy\s+holdout · binary\s+0\.9712\s+0\.98\s+\+0\.008765\s+better", text)
    assert "Too many false alarms." in text
    card.save()
    assert card.compare(1).found == difference.found
    assert card.compare().equal
    assert "Both have the same content." in shown(card.compare())
    history = card.get_version_history()
    assert [line["ModelCardVersion"] for line in history] == [1, 2]
    assert re.findall(r'<th scope="row">(\d+)</th>', shown(history)) == ["1", "2"]
    other = ModelCard(f"{name}-other", sagemaker_session=session)
    assert card.compare(other).labels == (f"{name}-other, not created yet", f"{name}, version 2")


def test_a_difference_shows_markdown_without_its_marks(embedded_card: Any) -> None:
    details = {"custom_details": {"cw.text_format": "markdown"}}
    text = (
        "Ranks **card payments** of merchants by the share that people have to look at again: see [guide](https://a.b)."
    )
    one, other = (
        embedded_card({"intended_uses": {"purpose_of_model": words}, "additional_information": details})
        for words in (text, text.replace("merchants", "*small* merchants"))
    )
    html = shown(other.compare(one))
    assert '<th scope="row">Purpose of the model</th>' in html
    assert re.search(r"<ins>.{0,2}small.{0,2}</ins>", html)
    assert "**" not in html


def test_a_card_on_a_server_links_to_its_page_in_the_console(session: ServerSession, name: str) -> None:
    on_server = Session(str(session.sagemaker_client.meta.endpoint_url))
    card = ModelCard(name, sagemaker_session=on_server)
    assert "Open in the console" not in shown(card)
    card.save()
    assert f'href="{on_server.endpoint_url}/cards/{name}"' in shown(card)
    assert f'href="{on_server.endpoint_url}/cards/{name}"' in shown(card.get_version_history())


_keys = st.text(max_size=6) | st.just(ATTACK)
_sections = st.sampled_from(["intended_uses", "evaluation_details", "x", ATTACK])
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(ATTACK),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6) | st.just(ATTACK), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(
    content=st.dictionaries(st.sampled_from(["intended_uses", "evaluation_details", "x", ATTACK]), _values, max_size=4)
)
def test_all_card_content_is_shown_and_escaped(content: dict[str, Any], embedded_card: Any) -> None:
    html = shown(embedded_card(content))
    found = Elements(body(html))
    assert found.names <= ALLOWED, found.names - ALLOWED
    assert not [name for name in found.attributes if name.startswith("on") or name == "style"]
    assert len(found.ids) == len(set(found.ids))


ALLOWED = frozenset(
    re.findall(
        r"\w+",
        "div p span a ul li dl dt dd table caption thead tbody tr th td details summary figure figcaption svg g rect"
        " line path polyline polygon circle text title desc small code h2 h3 h4 h5 h6 bdi br section ins del",
    )
)


@pytest.fixture(scope="module")
def embedded_card(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with Session(home=tmp_path_factory.mktemp("shown")) as session:
        yield lambda content: ModelCard.from_dict(content, ATTACK, sagemaker_session=session)


def test_every_kind_of_output_escapes_what_it_shows(embedded_card: Any) -> None:
    group = MetricGroup(ATTACK, [Metric(ATTACK, "string", ATTACK, notes=ATTACK)])
    one = embedded_card({"business_details": {"business_problem": ATTACK}})
    other = embedded_card({"business_details": {"business_problem": "x", "line_of_business": ATTACK}, ATTACK: [ATTACK]})
    for value in (group, EvaluationJob(ATTACK, metric_groups=[group]), one, one.compare(other), other.compare(one)):
        found = Elements(body(shown(value)))
        assert found.names <= ALLOWED
        assert not [name for name in found.attributes if name.startswith("on")]


def test_two_outputs_share_no_id() -> None:
    evaluation = job()
    first, second = (Elements(body(shown(evaluation))).ids for _ in range(2))
    assert first
    assert not {*first} & {*second}


def test_numbers_that_json_cannot_hold_are_shown(embedded_card: Any) -> None:
    card = embedded_card({})
    card.evaluation_details = [EvaluationJob("job", metric_groups=[MetricGroup("g", [Metric("m", "number", 1e999)])])]
    assert "inf" in shown(card)


def test_text_that_is_not_unicode_is_shown(embedded_card: Any) -> None:
    card = embedded_card({"additional_information": {"custom_details": {"half \ud83d": "a pair \ude00"}}})
    assert "half ?" in shown(card)
    assert "a pair ?" in shown(card)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_notebook_keeps_its_look_and_the_card_follows_its_theme(
    browser: Browser, theme: str, embedded_card: Any
) -> None:
    card = embedded_card({"intended_uses": {"risk_rating": "Low"}, "evaluation_details": [job().to_dict()]})
    page = browser.new_page(
        color_scheme="dark" if theme == "light" else "light"
    )  # the system's theme, which must not decide
    try:
        page.set_content(
            f"<style>{JUPYTER}</style><body data-jp-theme-light={json.dumps(str(theme == 'light').lower())}>"
            "<div class=jp-RenderedHTMLCommon><table id=own><tr><td>1</td></tr></table>"
            f"<p id=around>Text</p>{shown(card)}</div>"
        )
        seen = page.evaluate("""() => {
            const style = (selector) => getComputedStyle(document.querySelector(selector));
            return {
                paper: style(".cw-nb").backgroundColor, ink: style(".cw-nb").color,
                row: style(".cw-nb .cw-metric tbody tr").backgroundColor,
                name: style(".cw-nb .cw-metric tbody th").textAlign,
                label: style(".cw-nb .cw-kv dt").float,
                around: style("#around").fontSize, cell: style("#own td").textAlign,
                body: style("body").backgroundColor,
                wide: document.documentElement.scrollWidth <= document.documentElement.clientWidth,
            };
        }""")
    finally:
        page.close()
    light = {"paper": "rgb(255, 255, 255)", "ink": "rgb(19, 32, 43)"}
    dark = {"paper": "rgb(18, 28, 38)", "ink": "rgb(231, 238, 243)"}
    assert seen == {
        **(light if theme == "light" else dark),
        "row": "rgba(0, 0, 0, 0)",
        "name": "left",
        "label": "none",
        "around": "16px",
        "cell": "right",
        "body": "rgba(0, 0, 0, 0)",
        "wide": True,
    }
