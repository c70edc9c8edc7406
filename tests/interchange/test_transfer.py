"""A transfer puts facts into a card, and its report has one line for each leaf whatever the reader does."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardwright.core import content as contents
from cardwright.interchange import Outcome, SourceFile
from cardwright.interchange.card_places import CUSTOM, TRAINING_DATASETS
from cardwright.interchange.limits import longest_text, shortened
from cardwright.interchange.loss_report import ReportLine
from cardwright.interchange.source import Source
from cardwright.interchange.source_lines import NO_FIELD, PLACEHOLDER
from cardwright.interchange.transfer import Transfer

DESCRIPTION = ("model_overview", "model_description")
OWNER = ("model_overview", "model_owner")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


def lines(transfer: Transfer) -> list[ReportLine]:
    return list(transfer.report().lines)


def test_a_value_is_kept_and_the_rest_is_dropped_with_a_reason() -> None:
    root = Source("", {"about": "Finds fraud.", "empty": [], "todo": "N/A", "more": {"a/b": 1}})
    transfer = Transfer(root)
    assert transfer.keep(DESCRIPTION, root.find("about"))
    assert transfer.card == {"model_overview": {"model_description": "Finds fraud."}}
    assert lines(transfer) == [
        ReportLine("/about", "/model_overview/model_description", Outcome.KEPT),
        ReportLine("/empty", None, Outcome.DROPPED, PLACEHOLDER),
        ReportLine("/todo", None, Outcome.DROPPED, PLACEHOLDER),
        ReportLine("/more/a~1b", None, Outcome.DROPPED, NO_FIELD),
    ]


def test_a_long_text_is_cut_at_a_sentence_and_both_lengths_are_reported() -> None:
    text = "One sentence is here. " * 80
    root = Source("", {"about": text})
    transfer = Transfer(root)
    transfer.keep(DESCRIPTION, root.find("about"))
    cut = transfer.text(DESCRIPTION)
    assert cut is not None
    assert cut.endswith("is here.…")
    assert len(cut) <= 1024
    assert lines(transfer)[0].outcome is Outcome.SHORTENED
    assert f"from {len(text.strip()):,} to {len(cut):,} characters; the limit is 1,024" in lines(transfer)[0].detail


def test_a_second_text_is_joined_and_a_second_use_shares_the_line() -> None:
    root = Source("", {"a": "x", "b": "y"})
    transfer = Transfer(root)
    transfer.keep(DESCRIPTION, root.find("a"))
    transfer.keep(DESCRIPTION, root.find("b"))
    transfer.move("cw.b", root.find("b"))
    assert transfer.get(DESCRIPTION) == "x\n\ny"
    assert [line.source for line in lines(transfer)] == ["/a", "/b"]
    assert "also at /additional_information/custom_details/cw.b" in lines(transfer)[1].detail


def test_a_moved_object_gets_one_custom_detail_for_each_leaf() -> None:
    root = Source("", {"Build Info": {"gitCommit": "abc", "tags": ["x", "y"]}})
    transfer = Transfer(root)
    transfer.move("mct", root)
    assert transfer.get(CUSTOM) == {
        "mct.build_info.git_commit": "abc",
        "mct.build_info.tags.0": "x",
        "mct.build_info.tags.1": "y",
    }


@pytest.mark.parametrize(
    ("value", "metric", "outcome"),
    [
        (0.91, {"type": "number", "value": 0.91}, Outcome.KEPT),
        ("0.91", {"type": "number", "value": 0.91}, Outcome.CHANGED),
        ("91 %", {"type": "number", "value": 91, "notes": "%"}, Outcome.CHANGED),
        ("20.0 ± 1.2", {"type": "number", "value": 20.0, "notes": "± 1.2"}, Outcome.CHANGED),
        ("0,91", {"type": "string", "value": "0,91"}, Outcome.KEPT),
        (True, {"type": "boolean", "value": True}, Outcome.KEPT),
        ("NaN", None, Outcome.DROPPED),
        (float("inf"), None, Outcome.DROPPED),
        (None, None, Outcome.DROPPED),
        ([0.1, 0.2], None, Outcome.DROPPED),
        (10**400, None, Outcome.DROPPED),
    ],
)
def test_a_metric_has_the_value_that_the_source_states(value: Any, metric: Any, outcome: Outcome) -> None:
    root = Source("", {"acc": value})
    transfer = Transfer(root)
    group = transfer.group(transfer.job("Test"), "overall")
    transfer.metric(group, "acc", root.find("acc"))
    found = transfer.get((*group, "metric_data"))
    assert found == ([] if metric is None else [{"name": "acc", **metric}])
    assert {line.outcome for line in lines(transfer)} == {outcome}


def test_a_full_list_refuses_and_a_full_card_reports() -> None:
    root = Source("", {"data": [f"s3://{n}" for n in range(16)], "text": ["t" * 1000 for _ in range(200)]})
    transfer = Transfer(root)
    assert [transfer.add(TRAINING_DATASETS, item) for item in root.find("data").items()] == [True] * 15 + [False]
    for item in root.find("text").items():
        transfer.move("cw.text", item)
    card = transfer.imported(SourceFile(b"{}"), "test", "Modèle nº 1")
    assert card.name == "Modele-no-1"
    assert len(card.content) <= 100_000
    contents.check(card.content)
    assert len(card.report.of([Outcome.DROPPED])) > 100


@given(JSON, st.data())
def test_each_leaf_of_any_document_has_exactly_one_line(document: Any, data: st.DataObject) -> None:
    root = Source("", document)
    transfer = Transfer(root)
    leaves = [leaf.pointer for leaf in root.leaves()]
    places = [root, *root.leaves(), *root.items(), *(item for _, item in root.members())]
    uses = (
        lambda one: transfer.keep(OWNER, one),
        lambda one: transfer.add(TRAINING_DATASETS, one),
        lambda one: transfer.move("cw.x", one),
        lambda one: transfer.metric(transfer.group(transfer.job("j"), "g"), "m", one),
        lambda one: transfer.parameter("p", one, "cw.p"),
        lambda one: transfer.training_metric("t", one, "cw.t"),
        lambda one: transfer.drop(one, "why"),
    )
    for _ in range(4):
        data.draw(st.sampled_from(uses))(data.draw(st.sampled_from(places)))
    assert [line.source for line in lines(transfer)] == leaves
    assert all((line.target is None) == (line.outcome is Outcome.DROPPED) for line in lines(transfer))
    contents.check(json.dumps(transfer.card, allow_nan=False))


@given(st.text(), st.integers(2, 40))
def test_a_cut_text_fits_and_begins_like_the_whole(text: str, limit: int) -> None:
    cut = shortened(text, limit)
    assert len(cut) <= limit
    assert text.startswith(cut.removesuffix("…")) or cut == text


def test_limits_are_those_of_the_content_schema() -> None:
    assert longest_text(DESCRIPTION) == 1024
    assert longest_text(("additional_information", "custom_details", "a.b")) == 1024
    assert longest_text(("evaluation_details", 3, "evaluation_observation")) == 2096
