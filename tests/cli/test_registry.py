"""`cardwright model`, `package` and `training-job`, against a real server on each engine."""

import json
import subprocess

import pytest

from tests.cli import commands
from tests.servers import Server


def run(server: Server, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return commands.run(*arguments, "--endpoint-url", server.url)


def test_a_run_is_recorded_listed_and_shown(open_server: Server) -> None:
    made = run(
        open_server,
        *("training-job", "record", "cli-run", "--artifact", "s3://b/model.bin", "--status", "failed"),
        *("--metric", "auc=0.91", "--metric", "loss=1e-3", "--hyperparameter", "depth=3=x", "--tag", "team=red x"),
        *("--dataset", "s3://d/train", "--image", "image", "--failure-reason", "why"),
        *("--started", "2026-01-31T12:00:00", "--ended", "2026-01-31T15:00:00+02:00"),
    )
    assert made.stdout == b"Recorded cli-run\n", made.stderr
    found = json.loads(run(open_server, "training-job", "show", "cli-run", "--json").stdout)
    assert found["TrainingStartTime"] == "2026-01-31T12:00:00.000+00:00"
    assert found["TrainingEndTime"] == "2026-01-31T13:00:00.000+00:00"
    assert [(item["MetricName"], item["Value"]) for item in found["FinalMetricDataList"]] == [
        ("auc", pytest.approx(0.91)),
        ("loss", pytest.approx(0.001)),
    ]
    assert found["HyperParameters"] == {"depth": "3=x"}
    assert found["Tags"] == [{"Key": "team", "Value": "red x"}]
    assert b'"FailureReason": "why"' in run(open_server, "training-job", "show", "cli-run").stdout
    listed = run(open_server, "training-job", "list", "--status", "Failed", "--name-contains", "CLI-RUN")
    assert [line.split()[:2] for line in listed.stdout.splitlines()] == [[b"Name", b"Status"], [b"cli-run", b"Failed"]]
    again = run(open_server, "training-job", "record", "cli-run", "--artifact", "s3://b/model.bin")
    assert (again.returncode, b"ResourceInUse" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    ("option", "value", "text"),
    [("--metric", "auc", b"KEY=VALUE"), ("--metric", "auc=nan", b"number"), ("--hyperparameter", "=x", b"KEY=VALUE")],
)
def test_wrong_pairs_are_wrong_usage(open_server: Server, option: str, value: str, text: bytes) -> None:
    refused = run(open_server, "training-job", "record", "cli-wrong", "--artifact", "s3://b/k", option, value)
    assert (refused.returncode, text in refused.stderr) == (2, True)


def test_models_are_listed_and_shown(open_server: Server) -> None:
    client = open_server.client()
    for name in ("cli-model-b", "cli-model-a"):
        client.create_model(ModelName=name, PrimaryContainer={"Image": "image"}, Tags=[{"Key": "k", "Value": "v"}])
    listed = run(open_server, "model", "list", "--name-contains", "cli-model", "--sort-by", "name", "--limit", "1")
    assert [line.split()[0] for line in listed.stdout.splitlines()] == [b"Name", b"cli-model-a"]
    found = json.loads(run(open_server, "model", "show", "cli-model-a", "--json").stdout)
    assert (found["PrimaryContainer"], found["Tags"]) == ({"Image": "image"}, [{"Key": "k", "Value": "v"}])
    missing = run(open_server, "model", "show", "cli-no-model")
    assert (missing.returncode, b"Could not find model" in missing.stderr) == (1, True)
    assert run(open_server, "model", "list", "--name-contains", "cli-none").stdout == b"No models.\n"


def test_packages_are_listed_and_shown(open_server: Server) -> None:
    client = open_server.client()
    client.create_model_package_group(ModelPackageGroupName="cli-group")
    for approval in ("Approved", "Rejected"):
        client.create_model_package(ModelPackageGroupName="cli-group", ModelApprovalStatus=approval)
    client.create_model_package(ModelPackageName="cli-package")
    listed = json.loads(run(open_server, "package", "list", "--name-contains", "cli-", "--json").stdout)
    assert len(listed) == 3
    rejected = run(open_server, "package", "list", "--group", "cli-group", "--approval", "rejected").stdout
    assert [line.split()[:3] for line in rejected.splitlines()][1:] == [[b"cli-group", b"2", b"Rejected"]]
    arn = json.loads(run(open_server, "package", "show", "cli-group/2", "--json").stdout)["ModelPackageArn"]
    assert b'"ModelPackageVersion": 2' in run(open_server, "package", "show", arn).stdout
