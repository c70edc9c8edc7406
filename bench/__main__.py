"""``python -m bench``: rates of Cardwright and moto in one run, with ratios and targets."""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import click

from bench import BenchError, servers
from bench.machine import environment_facts, machine_facts
from bench.measure import PARTS, Plan, measure
from bench.report import as_object, as_text


def in_environment(name: str) -> Path:
    """Return the program with this name in this environment, else from the PATH."""
    own = Path(sys.executable).parent / name
    return own if own.exists() else Path(shutil.which(name) or name)


def _parts(_context: click.Context, _option: click.Parameter, value: str) -> frozenset[str]:
    parts = frozenset(part.strip() for part in value.split(","))
    if unknown := sorted(parts - set(PARTS)):
        raise click.BadParameter(f"{', '.join(unknown)}: choose from {', '.join(PARTS)}")
    return parts


@click.command()
@click.option("--cards", type=click.IntRange(1), default=10_000, show_default=True, help="Cards in each store.")
@click.option("--seconds", type=click.IntRange(1, 120), default=3, show_default=True, help="Length of a round.")
@click.option("--connections", type=click.IntRange(1), default=32, show_default=True, help="Open connections.")
@click.option("--only", callback=_parts, default=",".join(PARTS), show_default=True, help="Parts, separated by commas.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write all numbers here.")
@click.option("--skip-moto", is_flag=True, help="Measure Cardwright only.")
@click.option("--skip-cardwright", is_flag=True, help="Measure moto only.")
@click.option(
    "--cardwright",
    type=click.Path(path_type=Path),
    help="The program to measure; default: of this environment.",
)
@click.option(
    "--moto",
    type=click.Path(path_type=Path),
    help="The moto_server to measure; default: of this environment.",
)
@click.option(
    "--scratch",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of the store; its disk is measured. Default: the system's folder for temporary files.",
)
def main(  # noqa: PLR0913 - one argument for each option
    *,
    cards: int,
    seconds: int,
    connections: int,
    only: frozenset[str],
    json_file: Path | None,
    skip_moto: bool,
    skip_cardwright: bool,
    cardwright: Path | None,
    moto: Path | None,
    scratch: Path | None,
) -> None:
    """Measure Cardwright against moto's server in alternating rounds, and print rates and ratios.

    The exit code is 0 when all measurements finish without an error, whatever the numbers.
    """
    plan = Plan(only, cards, seconds, connections)
    with tempfile.TemporaryDirectory(prefix="cardwright-bench-", dir=scratch) as name:
        folder = Path(name)
        try:
            facts = {"machine": machine_facts(folder), "servers": {}}
            products = []
            if not skip_moto:
                products.append(servers.moto(moto or in_environment("moto_server"), folder / "moto.log"))
            if not skip_cardwright:
                executable = cardwright or in_environment("cardwright")
                products.append(servers.cardwright(executable, folder / "home", folder / "cardwright.log"))
            for product in products:
                facts["servers"][product.name] = environment_facts(product.executable)
            outcomes = measure(products, plan, folder, lambda text: click.echo(text, err=True))
        except BenchError as fault:
            raise click.ClickException(str(fault)) from fault
    if json_file is not None:
        json_file.write_text(json.dumps(as_object(plan, outcomes, facts), indent=2) + "\n")
    click.echo(as_text(plan, outcomes, facts))


if __name__ == "__main__":
    main()
