"""``cardwright card diff`` compares two versions or two cards; ``cardwright card pairs`` lists stored pairs of jobs."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import click
from rich.console import RenderableType
from rich.text import Text

from cardwright.cli import pages
from cardwright.cli.lists import as_json as json_option
from cardwright.cli.server import server_options
from cardwright.client.job_pairs import kept_choices
from cardwright.client.own_client import own_client
from cardwright.client.sagemaker import SageMaker
from cardwright.core.comparison import Comparison, Word, as_document, compare
from cardwright.core.content import parse
from cardwright.core.errors import Invalid
from cardwright.core.metric_changes import MetricChange
from cardwright.core.pairing import Choice, JobPair, check_named, read_choice

if TYPE_CHECKING:
    from cardwright.client.answers.cards import EvaluationJobPair

_STYLES = {Word.KEPT: "", Word.INSERTED: "green underline", Word.DELETED: "red strike"}


class _Side(NamedTuple):
    name: str
    version: int
    content: object


@click.command()
@click.argument("a")
@click.argument("b")
@click.option(
    "--pair",
    "pairs",
    multiple=True,
    metavar="A=B",
    help="Compare the evaluation job A of the first with the job B of the second; nothing after = leaves A alone."
    " Repeatable.",
)
@click.option(
    "--remember", is_flag=True, help="Keep these pairs with the card, for later comparisons. AWS does not support this."
)
@json_option
@server_options
def diff(  # noqa: PLR0913, PLR0917 - click passes one argument for each option
    client: SageMaker, a: str, b: str, pairs: Sequence[str], remember: bool, as_json: bool
) -> None:
    """Compare two cards or versions: A and B are NAME or NAME:VERSION.

    Evaluation jobs are paired by the pairs stored with the card, by name, by kind and datasets, or by kind and a name
    that differs only in date, quarter or version.
    """
    one, other = _side(client, a), _side(client, b)
    choices = _choices(pairs, one, other)
    if remember:
        _remember(client, one, other, choices)
    stored = kept_choices(client, one.name) if one.name == other.name else []
    found = compare(one.content, other.content, by_hand=choices, stored=stored)
    pages.as_json(as_document(found)) if as_json else pages.show(found, _page)


@click.command("pairs")
@click.argument("name")
@click.option("--forget", metavar="JOB", help="Remove the pairs of this evaluation job.")
@json_option
@server_options
def job_pairs(client: SageMaker, name: str, forget: str | None, as_json: bool) -> None:
    """List the pairs of evaluation jobs that are stored with a card. AWS does not support this command.

    To store a pair, use `cardwright card diff --pair A=B --remember`.
    """
    own = own_client(client)
    if forget is None:
        answer = own.list_evaluation_job_pairs(ModelCardName=name)
    else:
        answer = own.forget_evaluation_job_pair(ModelCardName=name, EvaluationJobName=forget)
    found = answer["EvaluationJobPairs"]
    pages.as_json(found) if as_json else pages.show(found, _pairs_page)


def _side(client: SageMaker, named: str) -> _Side:
    name, colon, version = named.partition(":")
    if colon and not (version.isascii() and version.isdecimal() and int(version)):
        raise click.UsageError(f"{named!r} is not a version: give NAME or NAME:VERSION, such as fraud-classifier:3.")
    wanted = {"ModelCardVersion": int(version)} if colon else {}
    found = client.describe_model_card(ModelCardName=name, **wanted)
    return _Side(found["ModelCardName"], found["ModelCardVersion"], parse(found["Content"]))


def _choices(pairs: Sequence[str], one: _Side, other: _Side) -> list[Choice]:
    try:
        choices = [read_choice(text, one.content, other.content) for text in pairs]
        check_named(one.content, other.content, choices)
    except Invalid as error:
        raise click.UsageError(f"--pair: {error}") from None
    return choices


def _remember(client: SageMaker, one: _Side, other: _Side, choices: Sequence[Choice]) -> None:
    if not choices:
        raise click.UsageError("--remember stores the pairs of --pair: give at least one.")
    if one.name != other.name:
        raise click.UsageError("--remember stores pairs for versions of one card: A and B are different cards.")
    for choice in choices:
        partner: dict[str, object] = {}
        if choice.after is not None:
            partner = {"OtherModelCardVersion": other.version, "OtherEvaluationJobName": choice.after}
        own_client(client).pair_evaluation_jobs(
            ModelCardName=one.name, ModelCardVersion=one.version, EvaluationJobName=choice.before, **partner
        )


def _page(found: Comparison) -> Iterator[RenderableType]:
    if found.equal:
        yield "The contents are equal."
        return
    yield from map(_pair_line, found.pairs)
    for text in found.texts:
        line = Text(".".join(text.path) + ": ", style="bold")
        for change, words in text.words:
            marks = {Word.INSERTED: "{+%s+}", Word.DELETED: "[-%s-]"}.get(change, "%s")
            line.append(marks % words, style=_STYLES[change])
        yield line
    for value in found.values:
        yield Text(f"{'.'.join(value.path)}: {_shown(value.before)} -> {_shown(value.after)}")
    for metric in found.metrics:
        if metric.verdict != "same":
            yield Text(f"{_where(metric)}: {_before(metric)} -> {_after(metric)} ({metric.verdict})")
    if found.within:
        yield f"{found.within} metrics changed by less than their deviation."
    for chart in found.charts:
        if not chart.same:
            yield Text(" / ".join(part for part in (chart.evaluation, chart.group, chart.name) if part) + ": differs")


def _pair_line(pair: JobPair) -> Text:
    partner = f" with {pair.before.name}" if pair.before and pair.after and pair.before.name != pair.after.name else ""
    offered = f": {', '.join(pair.candidates)}" if pair.candidates else ""
    return Text(f"Evaluation {pair.name}{partner}: {pair.reason}{offered}")


def _pairs_page(found: Sequence["EvaluationJobPair"]) -> Iterator[RenderableType]:
    if not found:
        yield "No pairs."
        return
    table = pages.new_table("Older job", "Newer job", "Chosen (UTC)", "By")
    for item in found:
        later = item.get("LaterEvaluationJobName", "no partner")
        table.add_row(
            Text(item["EarlierEvaluationJobName"]), Text(later), pages.minute(item["CreationTime"]), item["UserName"]
        )
    yield table


def _where(metric: MetricChange) -> str:
    return " / ".join(part for part in (metric.evaluation, metric.group, metric.name) if part)


def _before(metric: MetricChange) -> str:
    return _with_deviation(metric.before, metric.before_deviation)


def _after(metric: MetricChange) -> str:
    return _with_deviation(metric.after, metric.after_deviation)


def _with_deviation(value: object, deviation: float | None) -> str:
    return _shown(value) if deviation is None else f"{_shown(value)} ± {deviation}"


def _shown(value: object) -> str:
    return "nothing" if value is None else str(value)
