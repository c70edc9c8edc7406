"""Random contents that follow the schema, with unusual texts and numbers."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            '"><img src=x onerror=alert(1)>',
            "# heading\n- list\n\n1. one\n> quote\n---\n===",
            "a | b `code` **bold** _it_ [x](http://a.b) ![i](j) &amp; &lt; $x$ ~~s~~ :smile: @me #1",
            "{{ 7 * 7 }}{% raw %}",
            "\\ \\| \\` trailing \\",
            "https://example.org/?a=1&b=<2>",
            "https://example.org/a|b`c\\d*e",
            "s3://bucket/key",
            "يجب مراجعة النتائج (22)",
            "审批人员必须复核 ⚠️ 👩🏽‍🔬",
            "\x00\x01\x1b[31m\x7f\x85\u2028\u202e\u2066\ufeff\ufffe",
            "x" * 200,
            "    indented\n\tcode",
            "`",
            "|",
            "---",
        ]
    ),
)
NAMES = TEXTS.filter(bool)
NUMBERS: SearchStrategy[float | int] = st.one_of(
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([0, -0.0, 5e-324, 1.7976931348623157e308, -1.7976931348623157e308, 0.1, 1e22, 123456.789]),
)
_ENDINGS = st.sampled_from(["", " - standard_deviation", "_best_constant_classifier"])
_BELONGING = st.builds(lambda *endings: "auc" + "".join(endings), _ENDINGS, _ENDINGS)
_LABELS = st.lists(TEXTS, max_size=4)


def _some(**members: SearchStrategy[Any]) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=members)


def _metric(
    kind: str, value: SearchStrategy[Any], x: SearchStrategy[Any], y: SearchStrategy[Any]
) -> SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"name": st.one_of(NAMES, _BELONGING), "type": st.just(kind), "value": value},
        optional={"notes": TEXTS, "x_axis_name": x, "y_axis_name": y},
    )


METRICS = st.one_of(
    _metric("number", NUMBERS, TEXTS, TEXTS),
    _metric("string", TEXTS, TEXTS, TEXTS),
    _metric("boolean", st.booleans(), TEXTS, TEXTS),
    _metric("linear_graph", st.lists(st.lists(NUMBERS, min_size=2, max_size=2), min_size=1, max_size=4), TEXTS, TEXTS),
    _metric("bar_chart", st.lists(NUMBERS, min_size=1, max_size=4), _LABELS, TEXTS),
    _metric("matrix", st.lists(st.lists(NUMBERS, min_size=1, max_size=3), min_size=1, max_size=3), _LABELS, _LABELS),
)
GROUPS = st.fixed_dictionaries(
    {
        "name": st.one_of(
            NAMES,
            st.sampled_from(
                [
                    "binary_classification_metrics",
                    "explanations - global_shap_values, label=1",
                    "pre_training_bias_metrics - label a = 1 and facet b=2",
                ]
            ),
        ),
        "metric_data": st.lists(METRICS, max_size=5),
    }
)
_TEXT_LISTS = st.lists(TEXTS, max_size=3)
_PARAMETERS = st.lists(st.fixed_dictionaries({"name": NAMES}, optional={"value": TEXTS}), max_size=3)
_TRAINING_METRICS = st.lists(
    st.fixed_dictionaries({"name": NAMES, "value": NUMBERS}, optional={"notes": TEXTS}), max_size=3
)
CONTENTS = _some(
    model_overview=_some(
        model_description=TEXTS,
        model_owner=TEXTS,
        model_id=TEXTS,
        model_name=TEXTS,
        model_version=st.floats(1, 1e9),
        model_artifact=_TEXT_LISTS,
        inference_environment=_some(container_image=_TEXT_LISTS),
    ),
    model_package_details=_some(
        model_package_description=TEXTS,
        created_by=_some(user_profile_name=TEXTS),
        source_algorithms=st.lists(
            st.fixed_dictionaries({"algorithm_name": TEXTS}, optional={"model_data_url": TEXTS}), max_size=2
        ),
        inference_specification=st.fixed_dictionaries(
            {
                "containers": st.lists(
                    st.fixed_dictionaries({"image": TEXTS}, optional={"nearest_model_name": TEXTS}), max_size=2
                )
            }
        ),
    ),
    intended_uses=_some(purpose_of_model=TEXTS, risk_rating=st.sampled_from(["High", "Unknown"])),
    business_details=_some(business_problem=TEXTS, line_of_business=TEXTS),
    training_details=_some(
        objective_function=st.one_of(TEXTS, NUMBERS, _some(function=_some(condition=TEXTS), notes=TEXTS, other=TEXTS)),
        training_observations=TEXTS,
        training_job_details=_some(
            training_arn=TEXTS,
            training_datasets=_TEXT_LISTS,
            training_metrics=_TRAINING_METRICS,
            hyper_parameters=_PARAMETERS,
        ),
    ),
    evaluation_details=st.lists(
        st.fixed_dictionaries(
            {"name": NAMES},
            optional={
                "evaluation_observation": TEXTS,
                "evaluation_job_arn": TEXTS,
                "datasets": _TEXT_LISTS,
                "metadata": st.dictionaries(TEXTS, TEXTS, max_size=3),
                "metric_groups": st.lists(GROUPS, max_size=2),
            },
        ),
        max_size=2,
    ),
    additional_information=_some(
        ethical_considerations=TEXTS, custom_details=st.dictionaries(TEXTS, TEXTS, max_size=3)
    ),
)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=12,
)
