"""The evaluation step names what a report holds that the card will not, and refuses a file with three short lines."""

import html
import json
from typing import Any

import pytest

from tests.console.visits import Answer, Visitor
from tests.servers import Server


@pytest.fixture
def visitor(console: Server) -> Visitor:
    return Visitor(console.url)


def uploaded(visitor: Visitor, report: Any) -> Answer:
    return uploaded_file(visitor, "report.json", json.dumps(report).encode())


def uploaded_file(visitor: Visitor, name: str, data: bytes) -> Answer:
    draft = visitor.begin("losses")
    visitor.save(draft, "evaluation", [], "add:evaluation_details")
    return visitor.upload(f"{draft}/evaluation", [("do", "stay")], "report-0", name, data)


def test_every_value_that_is_left_out_is_named_above_the_metrics(visitor: Visitor) -> None:
    strangers = {f"stranger_{number}": number for number in range(60)}
    page = uploaded(visitor, {"regression_metrics": {"mse": 2.5}} | strangers)
    assert page.status == 200
    assert [name for name in strangers if f"<code>{name}</code>: left out" not in page.text] == []


def test_what_a_report_says_about_its_run_is_listed(visitor: Visitor) -> None:
    page = uploaded(visitor, {"dataset": {"item_count": 627}, "regression_metrics": {"mse": 2.5}})
    assert "1 fact of the report that metrics have no field for" in page.text
    assert "<code>dataset.item_count</code>: 627" in page.text


@pytest.mark.parametrize("report", [{"metric_groups": []}, {"regression_metrics": {"mse": {"value": "NaN"}}}])
def test_a_report_without_a_metric_is_refused(visitor: Visitor, report: Any) -> None:
    page = uploaded(visitor, report)
    assert page.status == 422
    assert "but it holds no metric." in page.text


def test_an_unknown_file_is_refused_in_three_lines(visitor: Visitor) -> None:
    page = uploaded(visitor, {"evalId": "eval-1", "results": {"version": 3, "prompts": []}})
    assert page.status == 422
    refusal = html.unescape(page.text.partition("This report was left out.</strong>")[2].partition("</div>")[0])
    first, second, third = refusal.split("<br>")
    assert "It looks like results of promptfoo." in first
    assert second.startswith("The nearest kind")
    assert third.startswith("The list Kind has all kinds.")


def test_a_csv_file_of_metrics_is_read_as_a_report(visitor: Visitor) -> None:
    page = uploaded_file(visitor, "metrics.csv", b"metric,value\nrmse,4.02\nmae,n/a\n")
    assert page.status == 200
    assert "read as <strong>Metrics Table</strong>" in page.text
    assert "<code>(rows).1.value</code>: left out" in page.text


def test_a_file_next_to_a_report_is_refused_with_what_to_upload_instead(visitor: Visitor) -> None:
    page = uploaded(visitor, {"name": "mmlu:model=m", "scenario_spec": {}, "adapter_spec": {}})
    assert page.status == 422
    assert "upload stats.json of the run instead" in page.text
