"""SageMaker Clarify explainability analysis: SHAP values, text SHAP and partial dependence plots.

https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-processing-job-run.html
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-partial-dependence-plots.html

Translated name for name as SageMaker's SDK does, lists whole however long. What the SDK stops at gives what
can be had: a plot without ``label_headers`` names its labels label0, label1, ..., Clarify's own placeholders;
a feature with an ``error`` or of a type that is not plotted is left out alone.
"""

from collections.abc import Iterator
from typing import cast

from cardwright.reports.metric import bar_chart, group, linear_graph, simple
from cardwright.reports.place import Place, shortened
from cardwright.reports.translation import Document, Metric, MetricGroup

_LONGEST_ERROR = 300


def recognises(document: Document) -> bool:
    """The file has an object of explanations: SHAP values by label, or plots. An online endpoint answers in lists."""
    explanations = document.get("explanations")
    if not isinstance(explanations, dict):
        return False
    return isinstance(explanations.get("kernel_shap"), dict) or isinstance(explanations.get("pdp"), list)


def read(document: Document, place: Place) -> list[MetricGroup]:
    """SHAP groups a label (and text feature), then one group of partial dependence plots."""
    groups: list[MetricGroup] = []
    explanations = cast(Document, document.get("explanations"))
    here = place.at("explanations")
    if "version" in document:
        place.at("version").state(document["version"])
    if "kernel_shap" in explanations:
        groups += _shap_groups(explanations["kernel_shap"], here.at("kernel_shap"))
    if "pdp" in explanations:
        groups.append(_plots(explanations["pdp"], here.at("pdp")))
    for method in explanations:
        if method not in {"kernel_shap", "pdp"}:
            here.at(method).omit("left out: only kernel_shap and pdp are translated")
    return groups


def _shap_groups(labels: object, place: Place) -> Iterator[MetricGroup]:
    for label, explanation, label_place in place.members(labels):
        for key, value, here in label_place.members(explanation):
            if key == "global_shap_values":
                yield _values(f"explanations - {key}, label={label}", value, here)
            elif key == "global_top_shap_text":
                for feature, tokens, feature_place in here.members(value):
                    name = f"explanations - {key}, label={label}, feature={feature}"
                    yield _values(name, tokens, feature_place)
            elif key == "expected_value":
                here.omit("left out: SageMaker's translation has no metric for the baseline of the SHAP values")
            else:
                here.omit("left out: it is no part of a SHAP explanation that is translated")


def _values(name: str, values: object, place: Place) -> MetricGroup:
    metric_data: list[Metric] = []
    for feature, value, here in place.members(values):
        metric_data += simple(feature, value, here)
    return group(name, metric_data, place)


def _plots(features: object, place: Place) -> MetricGroup:
    metric_data: list[Metric] = []
    for feature, here in place.objects(features):
        here.at("feature_name").take()
        if feature.get("error"):
            here.omit(f"left out: the report says: {shortened(str(feature['error']), _LONGEST_ERROR)}")
        elif feature.get("data_type") in ("numerical", "categorical"):
            here.at("data_type").state(feature["data_type"])
            plots = list(_feature_plots(feature, here))
            if plots:
                positions = cast(list[object], feature["feature_values"])  # a plot has them
                here.at("feature_values").take_first(positions, _longest(feature))
            metric_data += plots
        else:
            here.omit("left out: only numerical and categorical features can be plotted")
    return group("explanations - pdp", metric_data, place)


def _longest(feature: Document) -> int:
    predictions = feature.get("model_predictions")
    series = [feature.get("data_distribution"), *(predictions if isinstance(predictions, list) else ())]
    return max(len(values) for values in series if isinstance(values, list))


def _feature_plots(feature: Document, place: Place) -> Iterator[Metric]:
    name = feature.get("feature_name", "")
    distribution = f"data_distribution - feature={name}"
    yield from _plot(
        distribution,
        feature,
        "Data distribution",
        feature.get("data_distribution"),
        place.at("data_distribution"),
    )
    predictions = feature.get("model_predictions")
    if not isinstance(predictions, list):
        place.at("model_predictions").omit("left out: a list was expected here")
        return
    headers = _headers(feature, len(predictions), place)
    for index, (header, values) in enumerate(zip(headers, predictions, strict=False)):
        title = f"model_predictions - feature={name}, label={header}"
        yield from _plot(title, feature, header, values, place.at("model_predictions", index))
    if len(headers) != len(predictions):
        place.at("label_headers").note(
            f"{len(headers)} headers for {len(predictions)} lists of predictions: those without a partner were left out"
        )


def _headers(feature: Document, predictions: int, place: Place) -> list[object]:
    headers = feature.get("label_headers")
    if isinstance(headers, list):
        place.at("label_headers").take_first(cast(list[object], headers), predictions)
        return cast(list[object], headers)
    place.at("label_headers").note(
        "the report does not give them; label0, label1, ... stand for the names of the labels"
    )
    return [f"label{index}" for index in range(predictions)]


def _plot(name: str, feature: Document, y_axis: object, values: object, place: Place) -> list[Metric]:
    positions = feature.get("feature_values")
    if not isinstance(positions, list) or not isinstance(values, list):
        place.omit("left out: it takes a list of feature_values and a list of values of the same length")
        return []
    if len(positions) != len(values):
        place.note(f"{len(positions)} feature_values for {len(values)} values: those without a partner were left out")
    place.take_first(cast(list[object], values), min(len(positions), len(values)))
    pairs = list(zip(cast(list[object], positions), cast(list[object], values), strict=False))
    if feature["data_type"] == "numerical":
        return linear_graph(name, pairs, (feature.get("feature_name", ""), y_axis), place)
    return bar_chart(name, pairs, y_axis, place)
