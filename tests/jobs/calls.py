"""Calls that the tests of export jobs share."""

import time
from pathlib import Path
from typing import Any

from tests.waiting import DEADLINE
from tests.wire.calls import fresh


def export(client: Any, card: str, name: str | None = None, path: str = "s3://exports/cards", **members: Any) -> str:
    """Create an export job and return its ARN."""
    answer = client.create_model_card_export_job(
        ModelCardName=card,
        ModelCardExportJobName=name or fresh("job"),
        OutputConfig={"S3OutputPath": path},
        **members,
    )
    return str(answer["ModelCardExportJobArn"])


def wait(client: Any, arn: str, seconds: float = DEADLINE) -> dict[str, Any]:
    """The job's description once it has ended."""
    deadline = time.monotonic() + seconds
    while True:
        found: dict[str, Any] = client.describe_model_card_export_job(ModelCardExportJobArn=arn)
        if found["Status"] != "InProgress":
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.02)


def file_of(home: Path, found: dict[str, Any]) -> bytes:
    """The file of a completed job in the local folder."""
    assert found["Status"] == "Completed", found
    artifact: str = found["ExportArtifacts"]["S3ExportArtifacts"]
    return (home / "objects" / artifact.removeprefix("s3://")).read_bytes()
