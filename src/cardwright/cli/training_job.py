"""``cardwright training-job``: records of training runs on a server."""

import datetime
import math
from collections.abc import Sequence

import click

from cardwright.cli import pages, registry_pages
from cardwright.cli.lists import Order, all_of, as_json, list_options, with_tags
from cardwright.cli.members import given, utc
from cardwright.cli.options import key_value
from cardwright.cli.server import server_options
from cardwright.client.own_client import own_client
from cardwright.client.sagemaker import SageMaker

_MOMENT = click.DateTime(["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%z"])
_STATUSES = click.Choice(["Completed", "Failed", "Stopped"], case_sensitive=False)


@click.group("training-job")
def training_job() -> None:
    """Records of training runs on a server."""


@training_job.command("list")
@click.option("--status", type=_STATUSES, help="Only jobs in this status.")
@list_options
def list_training_jobs(client: SageMaker, status: str | None, order: Order, as_json: bool) -> None:
    """List training jobs."""
    jobs = all_of(
        client.get_paginator("list_training_jobs"),
        lambda page: page["TrainingJobSummaries"],
        order,
        StatusEquals=status,
    )
    pages.as_json(jobs) if as_json else pages.show(jobs, registry_pages.training_job_table)


@training_job.command()
@click.argument("name")
@as_json
@server_options
def show(client: SageMaker, name: str, as_json: bool) -> None:
    """Show a training job with its tags."""
    job = client.describe_training_job(TrainingJobName=name)
    found = with_tags(client, job, job["TrainingJobArn"])
    pages.as_json(found) if as_json else pages.show(found, registry_pages.page)


@training_job.command()
@click.argument("name")
@click.option("--artifact", required=True, metavar="URI", help="The URI of the model artifact, s3:// or https://.")
@click.option("--metric", "metrics", multiple=True, metavar="NAME=VALUE", help="A final metric; repeatable.")
@click.option("--hyperparameter", "parameters", multiple=True, metavar="NAME=VALUE", help="A parameter; repeatable.")
@click.option("--dataset", "datasets", multiple=True, metavar="URI", help="A training data set; repeatable.")
@click.option("--image", help="The container image of the run.")
@click.option("--status", type=_STATUSES, default="Completed", show_default=True)
@click.option("--failure-reason", help="The reason of a failure.")
@click.option("--started", type=_MOMENT, help="Start time, such as 2026-01-31T12:00:00; UTC without an offset.")
@click.option("--ended", type=_MOMENT, help="End time; now by default.")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="A tag; repeatable.")
@as_json
@server_options
def record(  # noqa: PLR0913 - click passes one argument for each option
    *,
    client: SageMaker,
    name: str,
    artifact: str,
    metrics: Sequence[str],
    parameters: Sequence[str],
    datasets: Sequence[str],
    image: str | None,
    status: str,
    failure_reason: str | None,
    started: datetime.datetime | None,
    ended: datetime.datetime | None,
    tags: Sequence[str],
    as_json: bool,
) -> None:
    """Record a training run outside SageMaker, so that cards can be filled from it."""
    members = {
        "TrainingJobName": name,
        "ModelArtifacts": {"S3ModelArtifacts": artifact},
        "TrainingJobStatus": status,
        "FailureReason": failure_reason,
        "TrainingStartTime": utc(started),
        "TrainingEndTime": utc(ended),
        "HyperParameters": dict(key_value("--hyperparameter", text) for text in parameters),
        "FinalMetricDataList": [_metric(text) for text in metrics],
        "Datasets": [{"S3Uri": uri} for uri in datasets],
        "TrainingImage": image,
        "Tags": [{"Key": key, "Value": value} for key, value in (key_value("--tag", text) for text in tags)],
    }
    arn = own_client(client).record_training_job(**given(members))["TrainingJobArn"]
    pages.as_json({"TrainingJobArn": arn}) if as_json else click.echo(f"Recorded {name}")


def _metric(text: str) -> dict[str, str | float]:
    name, number = key_value("--metric", text)
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise click.UsageError(f"--metric {text}: a metric value must be a number.")
    return {"MetricName": name, "Value": value}
