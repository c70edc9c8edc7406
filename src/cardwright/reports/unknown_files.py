"""The message that refuses an unknown file: what it looks like, the nearest kinds, and where all kinds are listed."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeAlias, cast

from cardwright.reports.cursor import clean, shortened
from cardwright.reports.kind import ReportKind
from cardwright.reports.translation import ROWS, Document

WHERE_KINDS_ARE_LISTED = "docs/reference/reports.md"
ALL_KINDS = f"All kinds: {WHERE_KINDS_ARE_LISTED}, cardwright.reports.KINDS."
"""The last line of a refusal. A page that offers the kinds says so instead."""

_Test: TypeAlias = Callable[[Document], bool]
_MAX_NAMES, _LONGEST_NAME = 5, 30
_MAX_KEYS, _LONGEST_KEY = 400, 60
_NEAREST = 2
_ALIKE = 0.8
_NEARLY = 0.8  # share of the best likeness
_GENERIC = "Model Card Metric Schema"


def refusal(document: Document, kinds: Sequence[ReportKind]) -> str:
    """Return three short lines for a file that no kind recognises. They quote member names, never values."""
    nearest = [kind.name for kind in _nearest(document, kinds)]
    return "\n".join(
        (
            f"Unknown report. It looks like {looks_like(document)}.",
            f"The nearest kind{' is' if len(nearest) == 1 else 's are'} {' and '.join(nearest)}.",
            ALL_KINDS,
        )
    )


def looks_like(document: Document) -> str:
    """Describe a file: the output of a known tool, or an object with certain members."""
    tool = tool_of(document)
    if tool is not None:
        return tool
    if ROWS in document:
        rows = cast(list[Document], document[ROWS])
        return f"a list of {'one object' if len(rows) == 1 else f'{len(rows):,} objects'} with {_named(rows[0])}"
    if not document:
        return "an empty object"
    numbers = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in document.values())
    return f"an object of {'numbers named' if numbers else 'the members'} {_named(document)}"


def _named(document: Document) -> str:
    names = [clean(shortened(" ".join(name.split()), _LONGEST_NAME)) for name in islice(document, _MAX_NAMES)]
    more = len(document) - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more else "")


def _has(*names: str) -> _Test:
    return lambda document: all(name in document for name in names)


def _rows_have(*names: str) -> _Test:
    def test(document: Document) -> bool:
        rows = document.get(ROWS)
        return isinstance(rows, list) and bool(rows) and all(name in rows[0] for name in names)

    return test


def _below(section: str, *names: str) -> _Test:
    def test(document: Document) -> bool:
        below = document.get(section)
        return isinstance(below, dict) and all(name in below for name in names)

    return test


def _lists_below(section: str, *names: str) -> _Test:
    def test(document: Document) -> bool:
        below = document.get(section)
        return isinstance(below, list) and bool(below) and isinstance(below[0], dict) and set(names) <= below[0].keys()

    return test


def _any_of(*tests: _Test) -> _Test:
    return lambda document: any(test(document) for test in tests)


def _online_explanations(document: Document) -> bool:
    explanations = document.get("explanations")
    return isinstance(explanations, dict) and isinstance(explanations.get("kernel_shap"), list)


# Files that users mistake for evaluation reports: the tool that wrote them, as messages name it, and what to upload.
_TOOLS: Mapping[str, _Test] = {
    "results of promptfoo": _any_of(_has("evalId", "results"), _below("results", "stats", "prompts")),
    "a test run of DeepEval": _any_of(_has("testCases"), _has("test_cases", "metrics_scores"), _has("testRunData")),
    "scores of ragas": _any_of(_has("faithfulness", "answer_relevancy"), _has("context_precision", "context_recall")),
    "a summary of Weights & Biases": _any_of(_has("_wandb"), _has("_step", "_runtime"), _has("_runtime", "_timestamp")),
    "the state of a Hugging Face trainer; upload eval_results.json or all_results.json instead": _has("log_history"),
    "the configuration of a model; upload its evaluation results instead": _any_of(
        _has("architectures", "model_type"), _has("class_name", "config", "keras_version")
    ),
    "records of fmeval; upload the list of EvalOutput instead": _any_of(
        _rows_have("model_output", "scores"), _has("model_output", "scores")
    ),
    "answers of an online explainability endpoint": _online_explanations,
    "a configuration of Clarify; upload the analysis.json of the job instead": _has("methods", "dataset_type"),
    "a model card": _any_of(_has("model_overview"), _has("evaluation_details"), _has("intended_uses")),
    "constraints of Model Monitor for data quality; upload statistics.json instead": _lists_below(
        "features", "name", "inferred_type"
    ),
    "violations that are not Model Monitor's": _has("violations"),
    "results of pytest": _has("summary", "tests"),
    "a run specification of HELM; upload stats.json of the run instead": _has("scenario_spec", "adapter_spec"),
    "requests of a HELM run; upload stats.json of the run instead": _any_of(
        _has("adapter_spec", "request_states"), _rows_have("instance_id", "request")
    ),
    "single instances of a HELM run; upload stats.json of the run instead": _any_of(
        _rows_have("instance_id", "stats"),
        _rows_have("instance_id", "predicted_text"),
        _rows_have("input", "references"),
    ),
    "a table of HELM's leaderboard; upload stats.json of a run instead": _any_of(
        _has("title", "header", "rows"), _rows_have("title", "header", "rows")
    ),
    "the description of a model in MTEB; upload the file of a task, such as STS22.json, instead": _any_of(
        _has("loader", "revision", "n_parameters"), _has("loader", "revision", "embed_dim")
    ),
    "generated code with its tests; upload evaluation_results.json of BigCode's harness instead": _rows_have(
        "task_id", "model_output"
    ),
    "samples of lm-evaluation-harness; upload the results file instead": _any_of(
        _rows_have("doc_id", "target"), _has("doc_id", "target")
    ),
    "details of lighteval; upload the results file instead": _rows_have("doc", "metric"),
    "a snapshot of Evidently; upload what report.json() returns instead": _any_of(
        _below("suite", "metrics"), _has("metric_results"), _has("report", "name", "timestamp")
    ),
    "a model of XGBoost; upload the evals_result of its training instead": _below("learner", "gradient_booster"),
    "a log of Inspect without its task; upload the whole log as JSON instead": _below(
        "results", "scores", "total_samples"
    ),
}


def tool_of(document: Document) -> str | None:
    """Return the tool that wrote a file which is not a report, as messages name it; None for other files."""
    return next((name for name, test in _TOOLS.items() if test(document)), None)


def _nearest(document: Document, kinds: Sequence[ReportKind]) -> list[ReportKind]:
    """Return the kinds with the most similar members, then the generic kind if there is room."""
    keys = [key[:_LONGEST_KEY].lower() for key in islice(_keys(document, 3), _MAX_KEYS)]
    scores = {kind.name: _likeness(keys, kind) for kind in kinds}
    threshold = max(0.01, _NEARLY * max(scores.values()))
    ranked = sorted((kind for kind in kinds if scores[kind.name] >= threshold), key=lambda kind: -scores[kind.name])
    generic = [kind for kind in kinds if kind.name == _GENERIC]
    chosen = {kind.name: kind for kind in [*ranked[:_NEAREST], *generic]}
    return list(chosen.values())[:_NEAREST]


def _likeness(keys: Sequence[str], kind: ReportKind) -> float:
    words = [word.lower() for word in re.findall(r'"([\w -]{3,})"', kind.expects)]
    found = [difflib.get_close_matches(word, keys, 1, _ALIKE) for word in words]
    return sum(1 for match in found if match) / len(words) if words else 0.0


def _keys(value: object, depth: int) -> Iterator[str]:
    children: Iterable[object] = ()
    if isinstance(value, dict):
        yield from value
        children = value.values()
    elif isinstance(value, list):
        children = islice(value, 3)
    for child in children if depth else ():
        yield from _keys(child, depth - 1)
