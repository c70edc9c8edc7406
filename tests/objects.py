"""A real S3 server for tests: rclone, serving a folder on loopback."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tests.servers import free_port
from tests.waiting import DEADLINE

RCLONE = str(Path(sys.executable).with_name("rclone"))
ACCESS_KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY"


@dataclass
class S3Server:
    """An S3 server whose buckets are the folders in ``root``."""

    url: str
    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to use it through the usual AWS configuration."""
        keys = {"AWS_ACCESS_KEY_ID": ACCESS_KEY, "AWS_SECRET_ACCESS_KEY": SECRET}
        return keys | {"AWS_ENDPOINT_URL_S3": self.url, "AWS_DEFAULT_REGION": "us-east-1"}

    def client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            region_name="us-east-1",
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET,
            config=Config(
                retries={"max_attempts": 0},
                read_timeout=DEADLINE,
                connect_timeout=DEADLINE,
                s3={"addressing_style": "path"},
            ),
        )

    def bucket(self, name: str) -> str:
        """Make a bucket, unless it is there."""
        if not (self.root / name).is_dir():
            self.client().create_bucket(Bucket=name)  # through the server, whose view of its folders is cached
        return name


@contextlib.contextmanager
def s3_running(root: Path, port: int | None = None) -> Iterator[S3Server]:
    """An S3 server for the length of a block, on a free port unless one is given."""
    root.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    keys = f"{ACCESS_KEY},{SECRET}"
    options = ["--addr", f"127.0.0.1:{port}", "--auth-key", keys, "--vfs-cache-mode", "off"]
    with (
        (root.parent / "s3.log").open("wb") as log,
        subprocess.Popen(
            [RCLONE, "serve", "s3", *options, "--config", str(root.parent / "none.conf"), str(root)],
            stdout=log,
            stderr=log,
        ) as process,
    ):
        server = S3Server(f"http://127.0.0.1:{port}", root)
        try:
            deadline = time.monotonic() + DEADLINE
            while True:
                try:
                    server.client().list_buckets()
                    break
                except (BotoCoreError, ClientError):
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.05)
            yield server
        finally:
            process.kill()
