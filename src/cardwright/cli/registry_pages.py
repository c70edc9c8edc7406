"""Models, model packages and training jobs on a terminal."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.json import JSON
from rich.text import Text

from cardwright.cli.pages import iso, minute, new_table

if TYPE_CHECKING:
    from cardwright.client.answers.registry import ModelPackageSummary, ModelSummary, TrainingJobSummary


def model_table(models: Sequence["ModelSummary"]) -> Iterator[RenderableType]:
    if not models:
        yield "No models."
        return
    rows = new_table("Name", "Created (UTC)")
    for item in models:
        rows.add_row(Text(item["ModelName"]), minute(item["CreationTime"]))
    yield rows


def package_table(packages: Sequence["ModelPackageSummary"]) -> Iterator[RenderableType]:
    if not packages:
        yield "No model packages."
        return
    rows = new_table("Name", "Version", "Approval", "Created (UTC)")
    for item in packages:
        rows.add_row(
            Text(item.get("ModelPackageName") or item["ModelPackageGroupName"]),
            str(item.get("ModelPackageVersion", "")),
            item.get("ModelApprovalStatus", ""),
            minute(item["CreationTime"]),
        )
    yield rows


def training_job_table(jobs: Sequence["TrainingJobSummary"]) -> Iterator[RenderableType]:
    if not jobs:
        yield "No training jobs."
        return
    rows = new_table("Name", "Status", "Created (UTC)", "Ended (UTC)")
    for item in jobs:
        rows.add_row(
            Text(item["TrainingJobName"]),
            item["TrainingJobStatus"],
            minute(item["CreationTime"]),
            minute(item.get("TrainingEndTime")),
        )
    yield rows


def page(found: Mapping[str, object]) -> Iterator[RenderableType]:
    """Print the description of a registry resource as JSON."""
    yield JSON(json.dumps(found, default=iso, ensure_ascii=False), ensure_ascii=False)
