"""The names of the places of a content, and sentences about them."""

import pytest

from cardwright.core.field_names import name_of_place, sentence
from cardwright.core.fields import SECTIONS

CONTENT = {
    "evaluation_details": [
        {"name": "Holdout", "metric_groups": [{"name": "binary"}]},
        {"metric_groups": [{}, 1]},
    ]
}


@pytest.mark.parametrize(
    ("pointer", "name"),
    [
        ("", "The content"),
        ("/model_overview/model_owner", "Model owner"),
        ("/model_overview/inference_environment/container_image/0", "Inference container, row 1"),
        ("/intended_uses", "Intended uses"),
        ("/intended_uses/future_member", "Intended uses, future member"),
        ("/additional_information/custom_details", "Custom details"),
        ("/additional_information/custom_details/Second owner", 'Custom detail "Second owner"'),
        ("/evaluation_details", "Evaluation details"),
        ("/evaluation_details/0", "Holdout"),
        ("/evaluation_details/0/evaluation_observation", "Holdout, observation"),
        ("/evaluation_details/0/metric_groups/0/metric_data/3", "Holdout, binary"),
        ("/evaluation_details/1", "Evaluation 2"),
        ("/evaluation_details/1/metric_groups/0", "Evaluation 2, metric groups 0"),
        ("/evaluation_details/7/name", "Evaluation 8, name"),
        ("/training_details/training_job_details/hyper_parameters/0/value", "Hyperparameters, row 1, value"),
        ("/own_section/own_member", "Own section own member"),
        ("/", "Member without a name"),
    ],
)
def test_a_place_has_the_name_that_readers_know(pointer: str, name: str) -> None:
    assert name_of_place(CONTENT, pointer) == name


@pytest.mark.parametrize("content", [None, [], {"evaluation_details": {}}, {"evaluation_details": [{"name": 1}]}])
def test_contents_of_any_shape_give_names(content: object) -> None:
    assert name_of_place(content, "/evaluation_details/0/metric_groups/0/name") == "Evaluation 1, metric groups 0 name"


PLURALS = {
    "Business details", "Business stakeholders", "Caveats and recommendations", "Custom details",
    "Custom hyperparameters", "Custom training metrics", "Datasets", "Ethical considerations", "Evaluation details",
    "Factors affecting model efficiency", "Hyperparameters", "Inference containers", "Intended uses",
    "Model artifacts", "Notes on the objective", "Source algorithms", "Training datasets", "Training details",
    "Training metrics", "Training observations",
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
        is_plural = name in PLURALS or name == "Evaluation 1, datasets"
        assert sentence(name, "is missing") == f"{name} {'are' if is_plural else 'is'} missing"
    assert sentence("Intended uses", "has 3 characters") == "Intended uses have 3 characters"
    assert sentence("Model owner", "does not match x") == "Model owner does not match x"
