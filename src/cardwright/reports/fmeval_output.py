"""Output of Amazon's fmeval: ``EvalOutput`` objects as JSON, alone, as a list, or as lists by name.

https://github.com/aws/fmeval/blob/main/src/fmeval/eval_algorithms/__init__.py

One group for each evaluation and data set: a number for each score, and a bar chart over the categories for each score.
The notes hold the data set and the prompt template. A score without a value is left out, with the error that fmeval
wrote for it.
"""

from collections.abc import Iterator
from typing import cast

from cardwright.reports.cursor import Cursor, clean, shortened
from cardwright.reports.metric import NOTES_LIMIT, bar_chart, group, number
from cardwright.reports.translation import Document, Metric, MetricGroup

_LONGEST_ERROR = 300
_LONGEST_PROMPT = 400


def recognises(document: Document) -> bool:
    """Whether the file holds evaluations that name an evaluation and its scores."""
    return any(_is_evaluation(evaluation, "eval_name") for evaluation, _ in _evaluations(document, Cursor.unused()))


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the group of each evaluation, in the order of the file."""
    return [
        group
        for evaluation, here in _evaluations(document, cursor)
        for group in read_evaluation(evaluation, "eval_name", here)
    ]


def read_evaluation(evaluation: Document, name_key: str, cursor: Cursor) -> list[MetricGroup]:
    """Return the group of one evaluation; none if it failed.

    Args:
        name_key: the member that names the evaluation; SageMaker and fmeval use different ones.
    """
    error = evaluation.get("error")
    if error is not None and not evaluation.get("dataset_scores"):
        cursor.omit(f"left out: the evaluation failed with this error: {shortened(str(error), _LONGEST_ERROR)}")
        return []
    name = str(evaluation.get(name_key, "evaluation"))
    for key in (name_key, *(key for key, value in evaluation.items() if value is None)):
        cursor.at(key).mark_used()
    data_set = evaluation.get("dataset_name")
    if isinstance(data_set, str):
        cursor.at("dataset_name").mark_used()
        name = f"{name} - {data_set}"
    notes = _notes(evaluation, cursor)
    metric_data: list[Metric] = []
    for score, here in cursor.at("dataset_scores").objects(evaluation.get("dataset_scores")):
        metric_data += [metric | notes for metric in _score(score, here)]
    if evaluation.get("category_scores") is not None:
        metric_data += _by_category(evaluation["category_scores"], cursor.at("category_scores"))
    if evaluation.get("output_path") is not None:
        cursor.at("output_path").omit("left out: it is a path of the machine that ran the evaluation")
    return [group(name, metric_data, cursor)]


def _evaluations(document: Document, cursor: Cursor) -> Iterator[tuple[Document, Cursor]]:
    if "eval_name" in document:
        yield document, cursor
        return
    for name, evaluations in document.items():
        if not isinstance(evaluations, list) or not any(isinstance(item, dict) for item in evaluations[:1]):
            continue
        for index, evaluation in enumerate(cast(list[object], evaluations)):
            if _is_evaluation(evaluation, "eval_name"):
                yield cast(Document, evaluation), cursor.at(name, index)


def _is_evaluation(evaluation: object, name_key: str) -> bool:
    return isinstance(evaluation, dict) and name_key in evaluation and "dataset_scores" in evaluation


def _notes(evaluation: Document, cursor: Cursor) -> Metric:
    prompt = evaluation.get("prompt_template")
    if not isinstance(prompt, str) or not prompt.strip():
        return {}
    cursor.at("prompt_template").mark_used()
    if len(prompt) > _LONGEST_PROMPT:
        cursor.at("prompt_template").note(f"the prompt is longer than {_LONGEST_PROMPT} characters; cut there")
    return {"notes": shortened(clean(f"prompt: {shortened(prompt, _LONGEST_PROMPT)}"), NOTES_LIMIT)}


def _score(score: Document, cursor: Cursor) -> list[Metric]:
    cursor.at("name").mark_used()
    if "error" in score and score["error"] is None:
        cursor.at("error").mark_used()
    if score.get("value") is None and score.get("error"):
        cursor.at("error").mark_used()
        reason = shortened(str(score["error"]), _LONGEST_ERROR)
        cursor.at("value").omit(f"left out: there is no value; the report gives this error: {reason}")
        return []
    return number(score.get("name", ""), score.get("value"), cursor.at("value"))


def _by_category(categories: object, cursor: Cursor) -> list[Metric]:
    bars: dict[str, list[tuple[object, object]]] = {}
    for category, here in cursor.objects(categories):
        here.at("name").mark_used()
        for score, place in here.at("scores").objects(category.get("scores")):
            for key in ("name", "value", *(key for key, value in score.items() if value is None)):
                place.at(key).mark_used()
            bars.setdefault(str(score.get("name", "")), []).append((category.get("name", ""), score.get("value")))
    return [
        metric
        for score_name, values in bars.items()
        for metric in bar_chart(f"{score_name} by category", values, score_name, cursor)
    ]
