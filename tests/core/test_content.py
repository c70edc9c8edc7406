"""Promises of ``core.content``: valid content is accepted, violations are listed, and values never appear."""

import hashlib
import json
import math
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardwright.core import content
from cardwright.core.breaches import INTENDED, Inspection
from cardwright.core.errors import ContentInvalid

# Group names from AWS's SDK for its Clarify sample reports: longer than the documented 63.
LONG_NAMES = (
    "post_training_bias_metrics - label Target = 1 and facet Gender=0",
    "explanations - global_top_shap_text, label=label0, feature=[feature_name_1]",
)

FULL: dict[str, Any] = {
    "model_overview": {
        "model_id": "arn:aws:sagemaker:us-east-1:111122223333:model/churn",
        "model_name": "churn",
        "model_description": "Who will leave",
        "model_version": 2,
        "model_artifact": ["s3://b/model.tar.gz"],
        "inference_environment": {"container_image": ["image"]},
    },
    "model_package_details": {
        "model_package_arn": "arn:aws:sagemaker:us-east-1:111122223333:model-package/group/3",
        "model_package_group_name": "group",
        "model_package_version": 3,
        "created_by": {"user_profile_name": "ana"},
        "source_algorithms": [{"algorithm_name": "xgboost"}],
        "inference_specification": {"containers": [{"image": "image"}]},
    },
    "intended_uses": {"purpose_of_model": "Campaigns", "risk_rating": "Low"},
    "business_details": {"line_of_business": "Retail"},
    "training_details": {
        "objective_function": {"function": {"function": "Minimize", "facet": "Loss"}, "notes": "n"},
        "training_job_details": {
            "training_metrics": [{"name": "loss", "value": 0.5}],
            "hyper_parameters": [{"name": "eta", "value": "0.1"}, {"name": "depth"}],
        },
    },
    "evaluation_details": [
        {
            "name": "holdout",
            "evaluation_job_arn": "arn",
            "datasets": ["s3://b/d"],
            "metadata": {"k": "v"},
            "metric_groups": [
                {
                    "name": "all kinds",
                    "metric_data": [
                        {"name": "auc", "type": "number", "value": 0.9},
                        {"name": "ok", "type": "boolean", "value": True},
                        {"name": "grade", "type": "string", "value": "A"},
                        {"name": "line", "type": "linear_graph", "value": [[0, 1], [1, 2.5]]},
                        {"name": "bars", "type": "bar_chart", "value": [1, 2], "x_axis_name": ["a", "b"]},
                        {
                            "name": "cm",
                            "type": "matrix",
                            "value": [[1, 2], [3, 4]],
                            "y_axis_name": ["p", "n"],
                        },
                    ],
                }
            ],
        }
    ],
    "additional_information": {"custom_details": {"custom details1": "x"}, "ethical_considerations": "e"},
}


def refusal(document: object) -> ContentInvalid:
    text = document if isinstance(document, str) else json.dumps(document)
    with pytest.raises(ContentInvalid) as caught:
        content.check(text)
    return caught.value


def violations(document: object) -> list[str]:
    return [str(violation) for violation in refusal(document).violations]


def evaluation(**members: object) -> dict[str, Any]:
    return {"evaluation_details": [{"name": "e", **members}]}


def metrics(*items: object) -> dict[str, Any]:
    return evaluation(metric_groups=[{"name": "g", "metric_data": list(items)}])


ITEM = "evaluation_details.0.metric_groups.0.metric_data.0"


# Accepted content, and the facts that are read from it


def test_empty_object_is_a_valid_card() -> None:
    document = content.check("{}")
    assert document == content.Document(hashlib.sha256(b"{}").hexdigest(), None, None, None, None, None, "{}")


def test_full_card_of_every_section_and_metric_kind_is_valid() -> None:
    text = json.dumps(FULL, indent=2)
    document = content.check(text)
    assert document.digest == hashlib.sha256(text.encode()).hexdigest() == content.digest(text)
    assert document.model_id == FULL["model_overview"]["model_id"]
    assert document.model_name == "churn"
    assert document.risk_rating == "Low"
    assert document.model_package_group_name == "group"
    assert document.model_package_arn == FULL["model_package_details"]["model_package_arn"]


def test_metadata_has_exactly_the_five_paths() -> None:
    text = json.dumps(FULL)
    package = FULL["model_package_details"]
    expected = {
        "model_overview": {"model_id": FULL["model_overview"]["model_id"], "model_name": "churn"},
        "intended_uses": {"risk_rating": "Low"},
        "model_package_details": {
            "model_package_group_name": "group",
            "model_package_arn": package["model_package_arn"],
        },
    }
    assert content.check(text).metadata == content.metadata_of(text)
    assert content.metadata_of(text) == json.dumps(expected, separators=(",", ":"))


def test_metadata_has_only_present_paths() -> None:
    assert content.metadata_of('{"model_overview": {"model_name": "é", "model_owner": "o"}}') == (
        '{"model_overview":{"model_name":"é"}}'
    )
    assert content.metadata_of('{"model_overview": {"model_owner": "o"}}') == "{}"


@pytest.mark.parametrize("model_id", [{}, {"model_id": ""}])
def test_the_package_arn_replaces_a_missing_or_empty_model_id(model_id: dict[str, str]) -> None:
    text = json.dumps({"model_overview": model_id, "model_package_details": {"model_package_arn": "arn"}})
    assert content.check(text).model_id == "arn"


def test_empty_strings_are_read_as_absent() -> None:
    document = content.check('{"model_overview": {"model_id": "", "model_name": ""}}')
    assert (document.model_id, document.model_name) == (None, None)
    assert document.metadata == '{"model_overview":{"model_id":"","model_name":""}}'


@pytest.mark.parametrize("name", LONG_NAMES)
def test_long_metric_group_names_of_the_aws_example_reports_are_accepted(name: str) -> None:
    assert len(name) > 63
    assert accepted(json.dumps(evaluation(name=name, metric_groups=[{"name": name, "metric_data": []}])))


@pytest.mark.parametrize(
    "document",
    [
        {"model_overview": {"model_artifact": ["a"] * 16, "problem_type": "x" * 2000}},
        {"model_package_details": {"source_algorithms": [{"algorithm_name": "a"}] * 2}},
        {"model_package_details": {"inference_specification": {"containers": [{"image": "i"}] * 16}}},
        {"training_details": {"training_job_details": {"training_metrics": [{"name": "n", "value": 1}] * 51}}},
        {"training_details": {"training_job_details": {"hyper_parameters": [{"name": "n" * 300}] * 101}}},
        {"additional_information": {"custom_details": {"": "x", "1": "y"}}},
        evaluation(metric_groups=[{"name": "g", "metric_data": [], "extra": 1}]),
        metrics({"name": "n", "type": "number", "value": "not a number"}),
    ],
)
def test_documented_limits_that_aws_does_not_enforce_are_not_enforced(document: object) -> None:
    assert accepted(json.dumps(document))


@pytest.mark.parametrize(
    "form",
    [
        {"function": {"function": "Minimize", "facet": "Loss"}, "notes": "n"},
        {"function": "Minimize", "facet": "Loss"},
        {"anything": [1, {"at": None}]},
        "text",
        7,
        None,
    ],
)
def test_nothing_is_enforced_inside_objective_function(form: object) -> None:
    assert accepted(json.dumps({"training_details": {"objective_function": form}}))


@pytest.mark.parametrize("version", ["1", "1.0", "2.5", "1e3", "12345678901234567890123456789"])
def test_model_version_is_any_number_from_one(version: str) -> None:
    assert accepted(f'{{"model_overview": {{"model_version": {version}}}}}')


def test_lengths_count_code_points() -> None:
    assert accepted(json.dumps({"model_overview": {"model_owner": "😀" * 1024}}, ensure_ascii=False))
    assert violations({"model_overview": {"model_owner": "😀" * 1025}}) == [
        "model_overview.model_owner: String length must be less than or equal to 1024"
    ]


# Messages about invalid content


def test_message_is_the_one_aws_documents() -> None:
    assert str(refusal(evaluation(evaluation_job_arn="a" * 257))) == (
        "The document is not valid evaluation_details.0.evaluation_job_arn: "
        "String length must be less than or equal to 256"
    )


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"x": 1}, "(root): Additional property x is not allowed"),
        ({"intended_uses": {"x": 1}}, "intended_uses: Additional property x is not allowed"),
        ({"evaluation_details": [{}]}, "evaluation_details.0: name is required"),
        (evaluation(name=""), "evaluation_details.0.name: String length must be greater than or equal to 1"),
        (evaluation(datasets=["d"] * 11), "evaluation_details.0.datasets: Array must have at most 10 items"),
        (
            {"intended_uses": {"risk_rating": "high"}},
            "intended_uses.risk_rating: intended_uses.risk_rating must be one of the following: "
            '"High", "Medium", "Low", "Unknown"',
        ),
        (
            {"model_overview": {"model_version": 0.5}},
            "model_overview.model_version: Must be greater than or equal to 1",
        ),
        (
            {"model_overview": {"model_version": True}},
            "model_overview.model_version: Invalid type. Expected: number, given: boolean",
        ),
        (
            {"model_overview": {"model_name": 5}},
            "model_overview.model_name: Invalid type. Expected: string, given: integer",
        ),
        (
            {"model_overview": {"model_name": 5.0}},
            "model_overview.model_name: Invalid type. Expected: string, given: integer",
        ),
        (
            {"model_overview": {"model_name": 5.5}},
            "model_overview.model_name: Invalid type. Expected: string, given: number",
        ),
        (
            {"model_overview": {"model_name": None}},
            "model_overview.model_name: Invalid type. Expected: string, given: null",
        ),
        ({"evaluation_details": {}}, "evaluation_details: Invalid type. Expected: array, given: object"),
        (
            {"additional_information": {"custom_details": {"my key": 1}}},
            "additional_information.custom_details.my key: Invalid type. Expected: string, given: integer",
        ),
        ("[]", "(root): Invalid type. Expected: object, given: array"),
        ("null", "(root): Invalid type. Expected: object, given: null"),
        ('"s"', "(root): Invalid type. Expected: object, given: string"),
        ("1", "(root): Invalid type. Expected: object, given: integer"),
    ],
)
def test_wording_is_gojsonschemas(document: object, expected: str) -> None:
    assert violations(document) == [expected]


def test_every_violation_is_listed_in_document_order() -> None:
    assert violations(
        '{"zz": 1, "intended_uses": {"risk_rating": "x"}, "model_overview":'
        ' {"model_version": 0, "model_name": null, "b": 1}, "evaluation_details": [{}, {"name": 1}], "aa": 1}'
    ) == [
        "(root): Additional property zz is not allowed",
        "intended_uses.risk_rating: intended_uses.risk_rating must be one of the following: "
        '"High", "Medium", "Low", "Unknown"',
        "model_overview.model_version: Must be greater than or equal to 1",
        "model_overview.model_name: Invalid type. Expected: string, given: null",
        "model_overview: Additional property b is not allowed",
        "evaluation_details.0: name is required",
        "evaluation_details.1.name: Invalid type. Expected: string, given: integer",
        "(root): Additional property aa is not allowed",
    ]


def test_message_joins_violations_with_semicolons() -> None:
    assert str(refusal({"a": 1, "b": 2})) == (
        "The document is not valid (root): Additional property a is not allowed; "
        "(root): Additional property b is not allowed"
    )


ANY_OF = "Must validate at least one schema (anyOf)"


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (
            {"type": "bar_chart", "value": [], "z": 1},
            [
                ": name is required",
                ".value: Array must have at least 1 items",
                ": Additional property z is not allowed",
            ],
        ),
        (
            {"name": "n", "type": "matrix", "value": [[1], []]},
            [".value.1: Array must have at least 1 items"],
        ),
        (
            {"name": "n", "type": "linear_graph", "value": [[1, 2, 3]], "x_axis_name": []},
            [
                ".value.0: Array must have at most 2 items",
                ".x_axis_name: Invalid type. Expected: string, given: array",
            ],
        ),
        (
            {"name": "n", "type": "number", "value": None},
            [f".value: {ANY_OF}", ".value: Invalid type. Expected: [number,string,boolean], given: null"],
        ),
        (
            {"name": "n", "type": "string", "value": "x" * 64},
            [f".value: {ANY_OF}", ".value: String length must be less than or equal to 63"],
        ),
    ],
)
def test_an_invalid_metric_is_explained_by_the_rules_of_its_type(item: object, expected: list[str]) -> None:
    assert violations(metrics(item)) == [f"{ITEM}: {ANY_OF}", *(ITEM + line for line in expected)]


def test_a_metric_of_unknown_type_lists_all_types_and_their_shared_rules() -> None:
    kinds = '"number", "string", "boolean", "linear_graph", "bar_chart", "matrix"'
    assert violations(metrics({"type": "pie", "value": 1})) == [
        f"{ITEM}: {ANY_OF}",
        f"{ITEM}: name is required",
        f"{ITEM}.type: {ITEM}.type must be one of the following: {kinds}",
    ]
    assert violations(metrics({"name": "n"})) == [
        f"{ITEM}: {ANY_OF}",
        f"{ITEM}: type is required",
        f"{ITEM}: value is required",
    ]
    assert violations(metrics(None)) == [
        f"{ITEM}: {ANY_OF}",
        f"{ITEM}: Invalid type. Expected: object, given: null",
    ]


def test_long_lists_of_violations_are_cut_and_counted() -> None:
    found = violations({f"k{i}": 1 for i in range(250)})
    assert len(found) == 101
    assert found[-1] == "(root): 150 more violations are not listed"


def test_hostile_documents_get_a_short_message() -> None:
    error = refusal(metrics(*([{}] * 33_000)))
    assert error.violations[-1].description == "at least 900 more violations are not listed"
    assert len(str(error)) < 20_000


def test_user_defined_names_are_cut_and_escaped() -> None:
    assert violations({"k" * 65: 1}) == [f"(root): Additional property {'k' * 64}… is not allowed"]
    assert violations({"k" * 64: 1}) == [f"(root): Additional property {'k' * 64} is not allowed"]
    assert violations({"a\nb\x1b\u202e": 1}) == ["(root): Additional property a\\u000ab\\u001b\\u202e is not allowed"]
    keyed = {"additional_information": {"custom_details": {"\t" + "k" * 100: 1}}}
    assert violations(keyed)[0].startswith(
        "additional_information.custom_details.\\u0009" + "k" * 63 + "…: Invalid type."
    )


# Text that is not JSON


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            " ",
            "{",
            "nul",
            "{} {}",
            "{'a': 1}",
            '{"a": NaN}',
            '{"a": Infinity}',
            '{"a": -Infinity}',
            "\ufeff{}",
        ),
        *('{"a": 1e400}', '{"a": ' + "9" * 400 + "}", '{"a": "\\ud800"}', '{"a": "\ud800"}', '{"a": "\x01"}'),
        *("[" * 100_000, "[" * 2000 + "]" * 2000, '{"a":' * 2000 + "1" + "}" * 2000),
    ],
)
def test_text_that_is_not_json_is_refused(text: str) -> None:
    error = refusal(text)
    assert [violation.path for violation in error.violations] == ["(root)"]
    assert error.violations[0].description.startswith("Invalid JSON: ")


def test_json_fault_is_located_by_line_and_column() -> None:
    assert violations('{"a":\n  secret}') == [
        "(root): Invalid JSON: unexpected character, expected a JSON value at line 2 column 3"
    ]


def test_accepted_content_can_always_be_written_again() -> None:
    def nested(levels: int) -> str:
        return '{"training_details":{"objective_function":' + "[" * (levels - 2) + "]" * (levels - 2) + "}}"

    deepest = nested(content.DEPTH)
    assert accepted(deepest)
    assert orjson.dumps(orjson.loads(deepest)).decode() == deepest
    assert violations(nested(content.DEPTH + 1)) == ["(root): Invalid JSON: nested more than 254 levels deep"]


def test_metadata_of_text_that_is_not_json_is_refused_too() -> None:
    with pytest.raises(ContentInvalid):
        content.metadata_of("{")
    assert content.metadata_of("[]") == "{}"
    assert content.metadata_of('{"model_overview": 1}') == "{}"


# Hostile and random documents

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9)
)
WORDS = ("name", "type", "value", "function", "metric_data", "metric_groups", "x_axis_name", "model_version")
NAMES = st.sampled_from([*WORDS, *FULL])
ANY_JSON = st.recursive(
    SCALARS | st.sampled_from(["number", "matrix", "High", "x" * 70, "x" * 3000]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=5), inner, max_size=5),
    max_leaves=20,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in members:
        yield from places(member, (*path, key))


PLACES = list(places(FULL))[1:]


def changed(path: tuple[Any, ...], value: object) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(FULL))
    target: Any = document
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return document


MUTANTS = st.builds(changed, st.sampled_from(PLACES), ANY_JSON)


def fault(text: str) -> ContentInvalid | None:
    try:
        content.check(text)
    except ContentInvalid as error:
        return error
    return None


def accepted(text: str) -> bool:
    return fault(text) is None


@given(st.text() | st.text(alphabet='{}[]",:0123456789.eE+-\\u dfalsetrun', max_size=40))
def test_any_text_is_accepted_or_refused_with_its_violations(text: str) -> None:
    error = fault(text)
    assert isinstance(json.loads(text), dict) if error is None else error.violations


@given(ANY_JSON | MUTANTS)
def test_explanation_and_validator_always_agree(document: object) -> None:
    text = json.dumps(document)
    explained = list(Inspection(content.schema()).breaches(orjson.loads(text)))
    assert accepted(text) == (not explained)
    assert accepted(text) == jsonschema_rs.Draft7Validator(content.schema_text()).is_valid(json.loads(text))


@given(st.sampled_from(PLACES), st.sampled_from(["string", "list", "member", "broken"]), st.integers(0, 3))
def test_values_never_appear_in_an_error(path: tuple[Any, ...], form: str, repeat: int) -> None:
    marker = "MARKER" + "!" * (repeat * 1000)
    value = {"string": marker, "list": [marker], "member": {"name": marker}, "broken": marker}[form]
    text = json.dumps(changed(path, value))
    if form == "broken":
        text = text.replace("MARKER", "MARKER\x01")
    error = fault(text)
    if error is not None:
        texts = [str(error), repr(error), repr(error.args), repr(error.violations), repr(error.__dict__)]
        assert not [words for words in texts if "MARKER" in words]
        assert error.__cause__ is None
        assert error.__context__ is None


# The schema file


def test_the_schema_is_draft_07_and_published_unchanged() -> None:
    published = json.loads(content.schema_text())
    assert published["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert published["$id"] != published["$schema"]
    jsonschema_rs.meta.validate(published)


KNOWN = {"type", "enum", "minLength", "maxLength", "minimum", "minItems", "maxItems", "items", "anyOf", "$ref"}
KNOWN |= {"required", "properties", "additionalProperties", "propertyNames"}
NOTES = {"$schema", "$id", "$comment", "title", "description", "default", "definitions"}


def subschemas(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    nested = [schema.get("items"), schema.get("additionalProperties"), schema.get("x-intended-schema")]
    nested += [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    nested += schema.get("definitions", {}).values()
    for inner in nested:
        if isinstance(inner, dict):
            yield from subschemas(inner)


def test_explanation_knows_every_keyword_of_the_schema() -> None:
    for schema in subschemas(json.loads(content.schema_text())):
        for keyword in schema:
            plain = keyword.removeprefix(INTENDED)
            notes = NOTES | {"by", "schema"} if plain != keyword else NOTES
            assert plain in KNOWN | notes or plain.startswith("x-"), keyword


def test_every_intended_limit_names_its_source() -> None:
    for schema in subschemas(json.loads(content.schema_text())):
        if any(keyword.startswith(INTENDED) for keyword in schema):
            assert schema["x-intended-by"]


def test_numbers_of_the_schema_are_finite_and_whole() -> None:
    for schema in subschemas(json.loads(content.schema_text())):
        limits = [limit for limit in schema.values() if isinstance(limit, int | float)]
        assert all(math.isfinite(limit) and limit == int(limit) for limit in limits)
