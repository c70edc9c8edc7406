"""The card content that a draft's form makes. A request builds it once and hands it on."""

from typing import NamedTuple

import orjson

from cardwright.console.wizard.objective import flattened, is_flat
from cardwright.core.draft_form import REPORTS, DraftForm, reports_of
from cardwright.core.rewriting import rewritten


class DraftContent(NamedTuple):
    """The content of a form.

    Attributes:
        value: the content with the metric groups of its reports. It shares objects with the form: do not change it.
        text: the text to store: the original text, except where the value differs.
        unchanged: whether the content equals that of the card that the form changes. Then saving makes no version.
    """

    value: object
    text: str
    unchanged: bool


def draft_content(form: DraftForm) -> DraftContent:
    """Builds the content of a form. Does not change the form."""
    value, original = _with_reports(form.content), form.original
    if original is None:
        return DraftContent(value, orjson.dumps(value).decode(), unchanged=False)
    if is_flat(orjson.loads(original)):
        value = flattened(value)
    text = rewritten(original, value)
    return DraftContent(value, text, unchanged=form.card is not None and text == form.card.content)


def _with_reports(content: dict[str, object]) -> dict[str, object]:
    evaluations = content.get("evaluation_details")
    if not isinstance(evaluations, list):
        return content
    return content | {"evaluation_details": [_evaluation(item) for item in evaluations]}


def _evaluation(evaluation: object) -> object:
    """An evaluation job with the metric groups of its reports behind its own."""
    if not isinstance(evaluation, dict) or REPORTS not in evaluation:
        return evaluation
    plain = {key: value for key, value in evaluation.items() if key != REPORTS}
    if evaluation[REPORTS]:
        groups = [group for report in reports_of(evaluation) for group in report["groups"]]
        plain["metric_groups"] = [*plain.get("metric_groups", ()), *groups]
    return plain
