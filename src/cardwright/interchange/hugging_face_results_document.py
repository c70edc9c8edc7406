"""Writes evaluations as ``.eval_results/*.yaml`` of the Hugging Face Hub (https://huggingface.co/docs/hub/eval-results).

The Hub takes results of its benchmarks only: an entry names a data set of the Hub and a task of this data set. So an
evaluation job is written if its first data set is an address on the Hub, and if it names a task: by the metadata
``task_id``, or as an import names the job and its metric.
"""

import re
from collections.abc import Iterator

from cardwright.interchange.card_version import CardVersion, WrittenCard
from cardwright.interchange.delivery import Delivery, Noted
from cardwright.interchange.hugging_face import DATASETS_URL
from cardwright.interchange.limits import Path
from cardwright.interchange.source import Source
from cardwright.interchange.yaml_document import yaml_document

_DATA_SET = re.compile(r"(?P<id>[\w.-]+/[\w.-]+)(?:@(?P<revision>[\w./-]+))?", re.ASCII)
_SOURCE = ("url", "name", "user", "org")
_PART = "A part of the text"


def write(version: CardVersion) -> WrittenCard:
    """Return the list of results in UTF-8.

    Raises:
        ContentInvalid: the content is not JSON.
    """
    delivery = Delivery(version)
    delivery.set(("results",), [])
    metrics = [*delivery.metrics()]
    for job in delivery.card.find("evaluation_details").items():
        of_job = [noted for noted in metrics if noted.job.pointer == job.pointer]
        found = _DATA_SET.fullmatch(job.find("datasets", 0).text.removeprefix(DATASETS_URL))
        if found is None or not job.find("datasets", 0).text.startswith(DATASETS_URL):
            continue
        for task, noted in _tasks(job, found["id"], of_job):
            _entry(delivery, ("results", delivery.count(("results",))), found, task, noted)
    data = yaml_document(delivery.document["results"]).encode()
    return _without_name(delivery.written(data))


def _tasks(job: Source, dataset: str, metrics: list[Noted]) -> Iterator[tuple[Source, Noted]]:
    """Yield the task that a job names, with the metric that is its value; nothing if that is open."""
    stated = job.find("metadata", "task_id")
    named = [noted for noted in metrics if noted.name == stated.text]
    if stated.text:
        yield from ((stated, noted) for noted in (named or metrics if len(named or metrics) == 1 else []))
        return
    for noted in metrics:
        if noted.name == noted.group.find("name").text and job.find("name").text == f"{dataset} {noted.name}":
            yield noted.metric.find("name"), noted


def _entry(delivery: Delivery, place: Path, dataset: re.Match[str], task: Source, noted: Noted) -> None:
    job, metric = noted.job, noted.metric
    metadata, address = job.find("metadata"), job.find("datasets", 0)
    delivery.put((*place, "dataset", "id"), address, dataset["id"], _PART)
    delivery.put((*place, "dataset", "task_id"), task)
    if dataset["revision"]:
        delivery.set((*place, "dataset", "revision"), dataset["revision"])
    delivery.put((*place, "value"), metric.find("value"), noted.value if noted.unit else metric.find("value").value)
    delivery.claim((*place, "value"), metric.find("type"))
    same = [one for one in (metric.find("name"), noted.group.find("name")) if one.text == task.text]
    delivery.claim((*place, "dataset", "task_id"), *same)
    if job.find("name").text == f"{dataset['id']} {task.text}":
        delivery.claim((*place, "dataset"), job.find("name"), detail="The identifiers of data set and task")
    if noted.unit:
        delivery.claim((*place, "value"), metric.find("notes"), detail=_PART)
    delivery.text((*place, "verifyToken"), metadata.find("verify_token"))
    delivery.text((*place, "date"), metadata.find("date"))
    if metadata.find("source_url").text:  # the Hub refuses a source without its address
        for key in _SOURCE:
            delivery.text((*place, "source", key), metadata.find(f"source_{key}"))
    if not delivery.text((*place, "notes"), metadata.find("notes")) and not noted.unit:
        delivery.text((*place, "notes"), metric.find("notes"))


def _without_name(made: WrittenCard) -> WrittenCard:
    """Point into the list, which is the whole document."""
    lines = tuple(
        line._replace(target=None if line.target is None else line.target.removeprefix("/results"))
        for line in made.report.lines
    )
    return made._replace(report=made.report._replace(lines=lines))
