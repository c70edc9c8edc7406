"""Evaluation results of the Hugging Face Hub: ``.eval_results/*.yaml`` (https://huggingface.co/docs/hub/eval-results)."""

from hashlib import sha256
from typing import Final

from cardwright.core.json_value import object_at
from cardwright.interchange.card_format import ImportedCard, NotACard, ReadingOptions
from cardwright.interchange.hugging_face import DATASETS_URL
from cardwright.interchange.loss_report import Outcome
from cardwright.interchange.source import Source, joined
from cardwright.interchange.source_file import SourceFile, Unreadable
from cardwright.interchange.transfer import Transfer

KEY: Final = "huggingface-results"
_METADATA = ("date", "notes")
_SOURCE = ("url", "name", "user", "org")
_LONGEST_TOKEN = 1024


def recognises(file: SourceFile) -> bool:
    """Whether a file is a YAML list whose items have a data set with a task, and a value.

    A list that names both and cannot be parsed is one too, so that its fault is named.
    """
    if b"task_id" not in file.data:
        return False
    try:
        from cardwright.interchange.yaml_text import parsed_yaml

        return any(_is_result(item) for item in _items(parsed_yaml(file.text)))
    except Unreadable:
        return file.data.lstrip().startswith(b"- ") and b"dataset" in file.data


def read(file: SourceFile, options: ReadingOptions) -> tuple[ImportedCard, ...]:
    """Read each result into an evaluation job of a card that exists.

    Raises:
        Unreadable: the file is not YAML.
        NotACard: it has no result.
    """
    del options
    from cardwright.interchange.yaml_text import parsed_yaml

    root = Source("", parsed_yaml(file.text))
    transfer = Transfer(root)
    results = [item.find("data") if item.find("data").exists else item for item in root.items()]
    found = [item for item in results if _is_result(item.value)]
    if not found:
        raise NotACard("The file has no evaluation result: each has a dataset with id and task_id, and a value")
    for result in found:
        _result(transfer, result)
    return (transfer.imported_part(),)


def _items(value: object) -> list[object]:
    items = value if isinstance(value, list) else []
    return [item.get("data", item) if isinstance(item, dict) else item for item in items]


def _is_result(item: object) -> bool:
    return {"id", "task_id"} <= object_at(item, "dataset").keys() and "value" in object_at(item)


def _result(transfer: Transfer, result: Source) -> None:
    dataset, task = result.find("dataset", "id"), result.find("dataset", "task_id")
    revision = result.find("dataset", "revision")
    job = transfer.job(joined((dataset.text, task.text), " "), dataset, task)
    if not job:
        return
    address = DATASETS_URL + dataset.text + (f"@{revision.text}" if revision.text else "")
    transfer.add((*job, "datasets"), dataset, address)
    if revision.text:
        transfer.claim(revision, (*job, "datasets", 0), Outcome.CHANGED, f"Part of {address}")
    transfer.metric(transfer.group(job, task.text), task.text, result.find("value"))
    for key in _METADATA:
        transfer.place((*job, "metadata", key), result.find(key))
    for key in _SOURCE:
        transfer.place((*job, "metadata", f"source_{key}"), result.find("source", key))
    token = result.find("verifyToken")
    if len(token.text) > _LONGEST_TOKEN:
        digest = sha256(token.text.encode()).hexdigest()
        detail = f"Its SHA-256, because it has {len(token.text):,} characters; the token stays in the kept source"
        transfer.put((*job, "metadata", "verify_token_sha256"), digest, token, Outcome.CHANGED, detail)
    else:
        transfer.place((*job, "metadata", "verify_token"), token, detail="Not checked; the card has no field for it")
