"""SageMaker Clarify explainability analysis: SHAP values, text SHAP and partial dependence plots.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-run.html
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-partial-dependence-plots.html

Translated name for name as SageMaker's SDK does; long lists are kept whole. Where the SDK fails, this kind reads as
much as possible. A plot without ``label_headers`` uses Clarify's placeholders label0, label1, ... as labels. A
feature with an ``error``, or of a type that cannot be plotted, is left out; the others stay.
"""

from collections.abc import Iterator
from typing import cast

from cardwright.reports.cursor import Cursor, shortened
from cardwright.reports.metric import bar_chart, group, linear_graph, simple
from cardwright.reports.translation import Document, Metric, MetricGroup

_LONGEST_ERROR = 300


def recognises(document: Document) -> bool:
    """Whether the file has SHAP values by label, or plots. An online endpoint answers with lists instead."""
    explanations = document.get("explanations")
    if not isinstance(explanations, dict):
        return False
    return isinstance(explanations.get("kernel_shap"), dict) or isinstance(explanations.get("pdp"), list)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return SHAP groups for each label (and text feature), then one group of partial dependence plots."""
    groups: list[MetricGroup] = []
    explanations = cast(Document, document.get("explanations"))
    here = cursor.at("explanations")
    if "version" in document:
        cursor.at("version").add_fact(document["version"])
    if "kernel_shap" in explanations:
        groups += _shap_groups(explanations["kernel_shap"], here.at("kernel_shap"))
    if "pdp" in explanations:
        groups.append(_plots(explanations["pdp"], here.at("pdp")))
    for method in explanations:
        if method not in {"kernel_shap", "pdp"}:
            here.at(method).omit("left out: only kernel_shap and pdp are translated")
    return groups


def _shap_groups(labels: object, cursor: Cursor) -> Iterator[MetricGroup]:
    for label, explanation, label_place in cursor.members(labels):
        for key, value, here in label_place.members(explanation):
            if key == "global_shap_values":
                yield _values(f"explanations - {key}, label={label}", value, here)
            elif key == "global_top_shap_text":
                for feature, tokens, feature_place in here.members(value):
                    name = f"explanations - {key}, label={label}, feature={feature}"
                    yield _values(name, tokens, feature_place)
            elif key == "expected_value":
                here.omit("left out: SageMaker's translation has no metric for the SHAP baseline")
            else:
                here.omit("left out: this part of a SHAP explanation is not translated")


def _values(name: str, values: object, cursor: Cursor) -> MetricGroup:
    metric_data: list[Metric] = []
    for feature, value, here in cursor.members(values):
        metric_data += simple(feature, value, here)
    return group(name, metric_data, cursor)


def _plots(features: object, cursor: Cursor) -> MetricGroup:
    metric_data: list[Metric] = []
    for feature, here in cursor.objects(features):
        here.at("feature_name").mark_used()
        if feature.get("error"):
            here.omit(f"left out: the report gives this error: {shortened(str(feature['error']), _LONGEST_ERROR)}")
        elif feature.get("data_type") in ("numerical", "categorical"):
            here.at("data_type").add_fact(feature["data_type"])
            plots = list(_feature_plots(feature, here))
            if plots:
                positions = cast(list[object], feature["feature_values"])  # a plot has them
                here.at("feature_values").mark_first_used(positions, _longest(feature))
            metric_data += plots
        else:
            here.omit("left out: only numerical and categorical features can be plotted")
    return group("explanations - pdp", metric_data, cursor)


def _longest(feature: Document) -> int:
    predictions = feature.get("model_predictions")
    series = [feature.get("data_distribution"), *(predictions if isinstance(predictions, list) else ())]
    return max(len(values) for values in series if isinstance(values, list))


def _feature_plots(feature: Document, cursor: Cursor) -> Iterator[Metric]:
    name = feature.get("feature_name", "")
    distribution = f"data_distribution - feature={name}"
    yield from _plot(
        distribution,
        feature,
        "Data distribution",
        feature.get("data_distribution"),
        cursor.at("data_distribution"),
    )
    predictions = feature.get("model_predictions")
    if not isinstance(predictions, list):
        cursor.at("model_predictions").omit("left out: a list was expected here")
        return
    headers = _headers(feature, len(predictions), cursor)
    for index, (header, values) in enumerate(zip(headers, predictions, strict=False)):
        title = f"model_predictions - feature={name}, label={header}"
        yield from _plot(title, feature, header, values, cursor.at("model_predictions", index))
    if len(headers) != len(predictions):
        cursor.at("label_headers").note(
            f"{len(headers)} headers for {len(predictions)} lists of predictions: those without a partner were left out"
        )


def _headers(feature: Document, predictions: int, cursor: Cursor) -> list[object]:
    headers = feature.get("label_headers")
    if isinstance(headers, list):
        cursor.at("label_headers").mark_first_used(cast(list[object], headers), predictions)
        return cast(list[object], headers)
    cursor.at("label_headers").note(
        "the report does not give them; label0, label1, ... are used as the names of the labels"
    )
    return [f"label{index}" for index in range(predictions)]


def _plot(name: str, feature: Document, y_axis: object, values: object, cursor: Cursor) -> list[Metric]:
    positions = feature.get("feature_values")
    if not isinstance(positions, list) or not isinstance(values, list):
        cursor.omit("left out: a plot needs a list of feature_values and a list of values of the same length")
        return []
    if len(positions) != len(values):
        cursor.note(f"{len(positions)} feature_values for {len(values)} values: those without a partner were left out")
    cursor.mark_first_used(cast(list[object], values), min(len(positions), len(values)))
    pairs = list(zip(cast(list[object], positions), cast(list[object], values), strict=False))
    if feature["data_type"] == "numerical":
        return linear_graph(name, pairs, (feature.get("feature_name", ""), y_axis), cursor)
    return bar_chart(name, pairs, y_axis, cursor)
