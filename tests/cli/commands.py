"""Runs Cardwright commands in the test process, because a new process takes half a second."""

import subprocess
from collections.abc import Mapping

from click.testing import CliRunner

from cardwright.cli import commands


def run(
    *arguments: str, given: bytes = b"", environment: Mapping[str, str | None] | None = None
) -> "subprocess.CompletedProcess[bytes]":
    """Return output and exit code, as a separate process would. A crash is raised.

    Args:
        given: what comes in at the standard input.
        environment: variables in addition to those of the tests; None takes one away.
    """
    ended = CliRunner().invoke(commands, arguments, input=given, env=environment)
    if ended.exception is not None and not isinstance(ended.exception, SystemExit):
        raise ended.exception
    return subprocess.CompletedProcess(arguments, ended.exit_code, ended.stdout_bytes, ended.stderr_bytes)


def run_text(
    *arguments: str, given: str = "", environment: Mapping[str, str | None] | None = None
) -> "subprocess.CompletedProcess[str]":
    """The same, as text."""
    ended = run(*arguments, given=given.encode(), environment=environment)
    return subprocess.CompletedProcess(arguments, ended.returncode, ended.stdout.decode(), ended.stderr.decode())
