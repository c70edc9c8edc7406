"""What a command prints about an expected error."""

from typing import IO

import click


class Refusal(click.ClickException):
    """An expected error: one line on standard error, and exit code 1."""

    def show(self, file: IO[str] | None = None) -> None:
        click.echo(f"cardwright: {self.message}", file=file, err=True)
