"""Results of MTEB: the file of one task, since version 1.11 and before.

https://embeddings-benchmark.github.io/mteb/

One group for each split and subset of the task, with the scores as numbers. Distances of older files come before the
score (``cos_sim - spearman``). The scores of single experiments are left out, since the file holds their mean.
"""

from collections.abc import Iterator
from typing import cast

from cardwright.reports.cursor import Cursor, clean, shortened
from cardwright.reports.metric import NOTES_LIMIT, as_number, group, number
from cardwright.reports.translation import Document, Metric, MetricGroup

_VERSION, _OLD_NAME, _NAME = "mteb_version", "mteb_dataset_name", "task_name"
_FACTS = (_VERSION, "dataset_revision", "evaluation_time", "kg_co2_emissions", "date")
_DISTANCES = {"cos_sim", "cosine", "dot", "euclidean", "manhattan", "max", "similarity", "hamming", "jaccard"}
_NAMES = ("hf_subset", "languages")
_OF_EXPERIMENTS = ("scores_per_experiment", "all_ap_scores")
_DEEPEST = 3


def recognises(document: Document) -> bool:
    """Whether the file names its task as MTEB does."""
    if _OLD_NAME in document:
        return True
    return _NAME in document and "scores" in document and (_VERSION in document or "dataset_revision" in document)


def read(document: Document, cursor: Cursor) -> list[MetricGroup]:
    """Return the splits in the order of the file."""
    task_key = _OLD_NAME if _OLD_NAME in document else _NAME
    task = str(document.get(task_key, "task"))
    cursor.at(task_key).mark_used()
    for name in _FACTS:
        if name in document:
            cursor.at(name).add_fact(document[name])
    if isinstance(document.get("scores"), dict):
        groups = list(_new(task, cast(Document, document["scores"]), cursor.at("scores")))
    else:
        groups = list(_old(task, document, cursor))
    return [one for one in groups if one["metric_data"]]


def _new(task: str, scores: Document, cursor: Cursor) -> Iterator[MetricGroup]:
    for split, subsets, place in cursor.members(scores):
        for subset, here in place.objects(subsets):
            name = subset.get("hf_subset")
            shown = f" ({name})" if isinstance(name, str) and name != "default" else ""
            if shown:
                here.at("hf_subset").mark_used()
            else:
                here.at("hf_subset").add_fact(name)
            notes = {}
            if isinstance(subset.get("languages"), list):
                languages = [str(language) for language in cast(list[object], subset["languages"])]
                here.at("languages").add_fact(subset["languages"])
                notes = {"notes": shortened(clean(", ".join(languages)), NOTES_LIMIT)} if languages else {}
            metric_data = [
                metric | (notes if metric["name"] == "main_score" else {}) for metric in _numbers(subset, here)
            ]
            yield group(f"{task} - {split}{shown}", metric_data, here)


def _old(task: str, document: Document, cursor: Cursor) -> Iterator[MetricGroup]:
    for split, scores, here in cursor.members(document):
        if split in (*_FACTS, _OLD_NAME) or not isinstance(scores, dict):
            continue
        members = cast(Document, scores)
        subsets = {name for name, value in members.items() if isinstance(value, dict) and name not in _DISTANCES}
        whole = {name: value for name, value in members.items() if name not in subsets}
        yield group(f"{task} - {split}", list(_numbers(whole, here)), here)
        for subset in members:
            if subset in subsets:
                found = list(_numbers(cast(Document, members[subset]), here.at(subset)))
                yield group(f"{task} - {split} ({subset})", found, here.at(subset))


def _numbers(scores: Document, cursor: Cursor, prefix: str = "", depth: int = 0) -> Iterator[Metric]:
    for name, value, here in cursor.members(scores):
        if name in _OF_EXPERIMENTS:
            here.omit("left out: the scores of single experiments; the file holds their mean")
        elif name == "evaluation_time":
            here.add_fact(value)
        elif name in _NAMES:
            continue
        elif isinstance(value, dict) and depth < _DEEPEST:
            yield from _numbers(cast(Document, value), here, f"{prefix}{name} - ", depth + 1)
        elif isinstance(value, str) and as_number(value) is None:
            here.add_fact(value)
        elif not isinstance(value, (dict, list)):
            yield from number(f"{prefix}{name}", value, here)
