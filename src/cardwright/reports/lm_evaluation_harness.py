"""Results files of EleutherAI's lm-evaluation-harness (``results_<time>.json``) of all versions.

https://github.com/EleutherAI/lm-evaluation-harness/blob/main/docs/interface.md

One group for each task. ``acc,none`` becomes ``acc``, ``exact_match,strict-match`` becomes ``exact_match
(strict-match)``, and ``acc_stderr,none`` becomes ``acc - standard_error``. The notes of each score hold what a
comparison needs: shots, samples, data set, version of the task, whether higher is better. Since version 0.4, a score
has its filter after a comma, and a key without a filter is not a score. Before, every number is a score.
"""

import re
from collections.abc import Iterator
from typing import cast

from cardwright.reports import lighteval_results
from cardwright.reports.cursor import Cursor, clean
from cardwright.reports.metric import as_number, group, number
from cardwright.reports.translation import Document, Metric, MetricGroup

_BY_TASK = ("versions", "configs", "n-shot", "n-samples", "higher_is_better", "group_subtasks", "task_hashes")
_OF_CONFIG = ("num_fewshot", "model_args", "bootstrap_iters", "description_dict", "no_cache")
_ABOUT_THE_RUN = {
    *("config", "date", "git_hash", "upper_git_hash", "lm_eval_version", "transformers_version", "pretty_env_info"),
    *("model_source", "model_name", "model_name_sanitized", "system_instruction", "system_instruction_sha"),
    *("fewshot_as_multiturn", "chat_template", "chat_template_sha", "start_time", "end_time", "max_length"),
    *("total_evaluation_time_seconds", "tokenizer_pad_token", "tokenizer_eos_token", "tokenizer_bos_token"),
    *("eot_token_id", "config_general", "config_tasks", "summary_tasks", "summary_general", "eval_tasks"),
}
_NAMES = ("alias", "name", "task")  # in the harness's own table
_COUNTS = ("sample_len", "sample_count", "samples", "num_fewshot", "n_shot", "n-shot", "num_samples")
_STANDARD_ERROR = "_stderr"
_FILTERED = re.compile(r"[^,]*[^,\s],[^,\s][^,]*")
_SHOTS_IN_NAME = re.compile(r"\|(\d{1,4})$")
_LONGEST_FACT = 120


def recognises(document: Document) -> bool:
    """Whether the file has results by task, with filters in the score names or with other sections for the tasks."""
    results = document.get("results")
    if not isinstance(results, dict) or not results or lighteval_results.recognises(document):
        return False
    tasks = cast(Document, results)
    if not all(isinstance(scores, dict) for scores in tasks.values()):
        return False
    scored = [cast(Document, scores) for scores in tasks.values()]
    if not any(as_number(value) is not None for scores in scored for value in scores.values()):
        return False
    if any(_is_filtered(scores) or f"{key}{_STANDARD_ERROR}" in scores for scores in scored for key in scores):
        return True
    sections = [document.get(section) for section in _BY_TASK]
    if any(isinstance(section, dict) and section.keys() & tasks.keys() for section in sections):
        return True
    config = document.get("config")
    return isinstance(config, dict) and any(member in config for member in _OF_CONFIG)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the tasks in the order of the file, then aggregates that only ``groups`` holds."""
    groups: list[MetricGroup] = []
    results = cast(Document, document.get("results"))
    for section in ("results", "groups"):
        for task, scores, here in cursor.at(section).members(document.get(section, {})):
            if section == "groups" and task in results:
                if _unnamed(scores) == _unnamed(results[task]):
                    here.mark_used()  # the harness repeats here what results holds
                continue
            metric_data = list(_scores(task, scores, document, here))
            if metric_data:
                groups.append(group(task, metric_data, here))
    _add_facts_of_run(document, cursor, {str(one["name"]) for one in groups})
    return groups


def _is_filtered(scores: Document) -> bool:
    return any(_FILTERED.fullmatch(key) for key in scores)


def _unnamed(scores: object) -> object:
    if not isinstance(scores, dict):
        return scores
    return {key: value for key, value in scores.items() if key not in _NAMES}


def _scores(task: str, scores: object, document: Document, cursor: Cursor) -> Iterator[Metric]:
    filtered = isinstance(scores, dict) and _is_filtered(cast(Document, scores))
    for key, value, here in cursor.members(scores):
        if not key.strip():
            here.mark_used()  # a blank column of the harness's own table
        elif key.partition(",")[0] in (*_NAMES, *_COUNTS):
            here.add_fact(value)
        elif _FILTERED.fullmatch(key) or not filtered:
            yield from _score(task, key, cast(Document, scores), document, here)


def _score(task: str, key: str, scores: Document, document: Document, cursor: Cursor) -> Iterator[Metric]:
    metric, _, filtered_by = key.partition(",") if _FILTERED.fullmatch(key) else (key, "", "")
    is_error = metric.endswith(_STANDARD_ERROR)
    metric = metric.removesuffix(_STANDARD_ERROR)
    name = metric if filtered_by in ("", "none") else f"{metric} ({filtered_by})"
    if is_error:
        yield from number(f"{name} - standard_error", scores[key], cursor)
        return
    notes = clean(", ".join(_notes(task, metric, key, scores, document)))
    for score in number(name, scores[key], cursor):
        yield score | ({"notes": notes} if notes else {})


def _notes(task: str, metric: str, key: str, scores: Document, document: Document) -> Iterator[str]:
    shots = _shots(task, scores, document)
    if shots is not None:
        yield f"{shots}-shot"
    samples = _samples(task, key, scores, document)
    if samples is not None:
        yield samples
    limit = _looked_up(document, "config", "limit")
    if as_number(limit) is not None:
        yield f"limit {limit}"
    sources = [_looked_up(document, "configs", task, member) for member in ("dataset_path", "dataset_name")]
    named = [source for source in sources if isinstance(source, str) and source]
    if named:
        yield f"data set {' '.join(named)[:_LONGEST_FACT]}"
    version = _looked_up(document, "versions", task)
    if version is None:
        version = _looked_up(document, "configs", task, "metadata", "version")
    if isinstance(version, (int, float, str)):
        yield f"task version {str(version)[:30]}"
    better = _looked_up(document, "higher_is_better", task, metric)
    if isinstance(better, bool):
        yield "higher is better" if better else "lower is better"


def _shots(task: str, scores: Document, document: Document) -> int | None:
    """Return the number of examples in the prompt: from the task, else from its name, else from the whole run."""
    named = _SHOTS_IN_NAME.search(task)
    found = (
        _looked_up(document, "n-shot", task),
        scores.get("num_fewshot"),
        _looked_up(document, "configs", task, "num_fewshot"),
        int(named[1]) if named else None,
        _looked_up(document, "config", "num_fewshot"),
    )
    return next((shots for shots in found if isinstance(shots, int) and not isinstance(shots, bool)), None)


def _samples(task: str, key: str, scores: Document, document: Document) -> str | None:
    counted = scores.get("sample_count")
    used = cast(Document, counted).get(key) if isinstance(counted, dict) else None
    if used is None:
        used = _looked_up(document, "n-samples", task, "effective")
    original = _looked_up(document, "n-samples", task, "original")
    if used is None:
        used = scores.get("sample_len", scores.get("sample_len,none"))
    number = as_number(used)
    if number is None:
        return None
    if isinstance(original, int) and original > number:
        return f"{number:.15g} of {original} samples"
    return f"{number:.15g} samples"


def _add_facts_of_run(document: Document, cursor: Cursor, tasks: set[str]) -> None:
    """Mark what the notes of the scores repeat as used; add the rest of the run's description as facts."""
    for name, section, here in cursor.members(document):
        if name in _BY_TASK:
            for task, value, there in here.members(section):
                if name in ("versions", "n-shot") and task in tasks:
                    there.mark_used()
                else:
                    there.add_fact(value)
        elif name in _ABOUT_THE_RUN:
            here.add_fact(section)


def _looked_up(document: Document, *steps: str) -> object:
    found: object = document
    for step in steps:
        found = cast(Document, found).get(step) if isinstance(found, dict) else None
    return found
