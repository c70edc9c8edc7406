"""The names of the places of a content, and sentences about them."""

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest

from cardwright.core.event_words import annotation_words
from cardwright.core.field_names import name_of_change, name_of_place, sentence
from cardwright.core.fields import SECTIONS, FieldKind, FieldRule
from cardwright.core.integrity.history import Event

CONTENT = {
    "evaluation_details": [
        {"name": "Holdout", "metric_groups": [{"name": "binary", "metric_data": [{"name": "auc"}]}]},
        {"metric_groups": [{}, 1]},
    ]
}


@pytest.mark.parametrize(
    ("pointer", "name"),
    [
        ("", "The content"),
        ("/model_overview/model_owner", "Owner"),
        ("/model_overview/inference_environment/container_image/0", "Inference containers, row 1"),
        ("/intended_uses", "Intended uses"),
        ("/intended_uses/future_member", "Intended uses, future member"),
        ("/additional_information/custom_details", "Custom details"),
        ("/additional_information/custom_details/Second owner", 'Custom detail "Second owner"'),
        ("/evaluation_details", "Evaluation details"),
        ("/evaluation_details/0", "Holdout"),
        ("/evaluation_details/0/evaluation_observation", "Holdout, observations"),
        ("/evaluation_details/0/datasets/1", "Holdout, datasets, row 2"),
        ("/evaluation_details/0/metric_groups", "Holdout, results"),
        ("/evaluation_details/0/metric_groups/0/metric_data/3", "Holdout, binary"),
        ("/evaluation_details/0/metric_groups/0/metric_data/0/value", "Holdout, binary, auc"),
        ("/evaluation_details/1", "Evaluation 2"),
        ("/evaluation_details/1/metric_groups/0", "Evaluation 2, metric groups 0"),
        ("/evaluation_details/7/name", "Evaluation 8, name of the job"),
        ("/training_details/training_job_details/hyper_parameters/0/value", "Hyperparameters, row 1, value"),
        ("/own_section/own_member", "Own section own member"),
        ("/", "Member without a name"),
    ],
)
def test_a_place_has_the_name_that_readers_know(pointer: str, name: str) -> None:
    assert name_of_place(CONTENT, pointer) == name


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("intended_uses.purpose_of_model", "Purpose of the model"),
        ("training_details.training_job_details.training_metrics.train_loss.value", "Training metrics, train_loss"),
        ("training_details.training_job_details.training_metrics.loss.notes", "Training metrics, loss, notes"),
        ("evaluation_details.Holdout.evaluation_observation", "Holdout, observations"),
        ("evaluation_details.Holdout.metadata.rows_of", "Holdout, metadata, rows_of"),
        ("evaluation_details.Holdout.own_member", "Holdout, own member"),
        ("additional_information.custom_details.team_name", 'Custom detail "team_name"'),
        ("own_section.own_member", "Own section own member"),
    ],
)
def test_a_change_has_the_name_of_its_field(path: str, name: str) -> None:
    assert name_of_change(path.split(".")) == name


def _labels(rules: Sequence[FieldRule], above: str) -> Iterator[tuple[str, str]]:
    """The dotted paths and the labels of the fields that have values of their own."""
    for rule in rules:
        if rule.kind is FieldKind.PART:
            yield from _labels(rule.parts, f"{above}.{rule.name}")
        else:
            yield f"{above}.{rule.name}", rule.label


def test_no_two_fields_have_one_label() -> None:
    flat = "training_details.objective_function."  # SDK v3 writes the members of the inner object here
    found = [
        label
        for section in SECTIONS
        for path, label in _labels(section.fields, section.name)
        if path not in {f"{flat}facet", f"{flat}condition"}
    ]
    assert [label for label, number in Counter(found).items() if number > 1] == []


@pytest.mark.parametrize("content", [None, [], {"evaluation_details": {}}, {"evaluation_details": [{"name": 1}]}])
def test_contents_of_any_shape_give_names(content: object) -> None:
    assert name_of_place(content, "/evaluation_details/0/metric_groups/0/name") == "Evaluation 1, metric groups 0 name"


PLURALS = {
    "Business details", "Business stakeholders", "Caveats and recommendations", "Custom details",
    "Custom hyperparameters", "Custom training metrics", "Datasets", "Ethical considerations", "Evaluation details",
    "Factors affecting performance", "Hyperparameters", "Inference containers", "Intended uses",
    "Model artifacts", "Notes on the objective", "Package containers", "Source algorithms", "Training containers",
    "Training datasets", "Training details", "Training metrics", "Training observations",
}  # fmt: skip


def test_a_sentence_about_any_field_has_the_right_number() -> None:
    pointers = [f"/{section.name}" for section in SECTIONS]
    for section in SECTIONS:
        waiting = [(f"/{section.name}", rule) for rule in section.fields if section.name != "evaluation_details"]
        for above, rule in waiting:
            pointers.append(f"{above}/{rule.name}")
            waiting += [(pointers[-1], part) for part in rule.parts]
    pointers += [f"/evaluation_details/0/{rule.name}" for rule in SECTIONS[5].fields]
    for pointer in pointers:
        name = name_of_place({}, pointer)
        is_plural = name in PLURALS or name in {"Evaluation 1, datasets", "Evaluation 1, observations"}
        assert sentence(name, "is missing") == f"{name} {'are' if is_plural else 'is'} missing"
    assert sentence("Intended uses", "has 3 characters") == "Intended uses have 3 characters"
    assert sentence("Owner", "does not match x") == "Owner does not match x"


@pytest.mark.parametrize(
    ("pointer", "words"),
    [
        ("/intended_uses/purpose_of_model", "Comment on Purpose of the model resolved"),
        ("", "Comment on the whole card resolved"),
    ],
)
def test_the_history_names_the_field_of_a_comment(pointer: str, words: str) -> None:
    assert annotation_words(Event.COMMENT_RESOLVED, {"pointer": pointer}) == words
