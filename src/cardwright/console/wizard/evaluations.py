"""The third step: evaluation jobs, the reports uploaded or read for them, and metrics by hand."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from werkzeug.datastructures import FileStorage

from cardwright.console.context import PageContext
from cardwright.console.outlines import sections_of_groups
from cardwright.console.wizard import report_files
from cardwright.console.wizard.fields import FormField
from cardwright.console.wizard.forms import SIMPLE
from cardwright.console.wizard.press import Press, Problem
from cardwright.console.wizard.steps import evaluation_fields
from cardwright.core.draft_form import REPORTS, DraftForm, DraftReport, jobs_of, reports_of
from cardwright.core.errors import BucketHeld, Invalid, ObjectRefused
from cardwright.core.json_value import JsonObject, list_at, objects_at
from cardwright.formats.outline import Section
from cardwright.reports import KINDS

KIND_NAMES = tuple(KINDS)
_MOST_JOBS = 100
_DRAWN = 5  # jobs that a page shows whole; of more jobs, only those that are open


@dataclass(frozen=True, slots=True)
class Job:
    """An evaluation job as the form shows it.

    Attributes:
        drawn: whether its fields are shown. The fields of the others are not posted, so they stay as they are.
    """

    drawn: bool
    number: int
    name: str
    about: str
    fields: tuple[FormField, ...]
    groups: tuple["ByHand", ...]
    reports: tuple["Report", ...]


@dataclass(frozen=True, slots=True)
class ByHand:
    """A metric group that the card has or that is written by hand: rows to change, and charts to look at."""

    path: str
    number: int
    name: str
    rows: tuple[tuple[int, Mapping[str, object]], ...]
    kept: int
    section: Section | None


@dataclass(frozen=True, slots=True)
class Report:
    """A report, uploaded or ``stored`` in the object store: what it becomes, and what to know before it is saved."""

    number: int
    file: str
    size: int
    at: int
    stored: bool
    kind: str
    omissions: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    groups: int
    metrics: int
    sections: tuple[Section, ...]


def shown(form: DraftForm, opened: Collection[int] = ()) -> list[Job]:
    """The evaluation jobs of a form.

    Args:
        opened: numbers of the jobs to show with their fields, where there are many jobs.
    """
    evaluations = objects_at(form.content, "evaluation_details")
    few = len(evaluations) <= _DRAWN
    return [
        _job(number, evaluation, drawn=few or number in opened or not evaluation.get("name"))
        for number, evaluation in enumerate(evaluations)
    ]


def _job(number: int, evaluation: JsonObject, *, drawn: bool) -> Job:
    groups = objects_at(evaluation, "metric_groups") if drawn else ()
    reports = reports_of(evaluation) if drawn else ()
    return Job(
        drawn,
        number,
        str(evaluation.get("name", "")),
        _about(evaluation),
        tuple(evaluation_fields(number)) if drawn else (),
        tuple(
            _by_hand(f"evaluation_details.{number}.metric_groups.{index}", index, group)
            for index, group in enumerate(groups)
        ),
        tuple(_report(index, report) for index, report in enumerate(reports)),
    )


def opened(args: Mapping[str, str], targets: Iterable[str]) -> set[int]:
    """The numbers of the jobs that a page opens: those that its address names, and those with something to correct.

    Args:
        targets: ids of inputs, such as ``f-evaluation_details-3-name``.
    """
    named = re.findall(r"^\d{1,5}$", args.get("job", ""))
    named += re.findall(r"^evaluation_details\.(\d{1,5})", args.get("add", ""))
    wrong = [found[1] for target in targets if (found := _JOB_OF.match(target))]
    return {int(number) for number in (*named, *wrong)}


def address(target: str) -> str:
    """The end of the address of an input in this step: its job is open there."""
    found = _JOB_OF.match(target)
    return f"?job={found[1]}#{target}" if found else f"#{target}"


_JOB_OF = re.compile(r"(?:f-evaluation_details|job)-(\d{1,5})(?:-|$)")


def shape(form: DraftForm) -> str:
    """How many jobs, groups, metrics and reports a form has: positions that were posted fit the same shape only."""
    return ";".join(
        f"{len(reports_of(job))}/"
        + ",".join(str(len(list_at(group, "metric_data"))) for group in objects_at(job, "metric_groups"))
        for job in objects_at(form.content, "evaluation_details")
    )


def change(context: PageContext, form: DraftForm, press: Press) -> tuple[bool, Problem | None]:
    """Reads reports that were uploaded or are in the object store; adds or removes jobs, groups and reports.

    No unit of work may be open.

    Returns:
        Whether a report was added, and what is wrong with a report that could not be added.
    """
    was_empty = form.content.get("evaluation_details") == []  # stays empty: saving an unchanged page changes nothing
    jobs = jobs_of(form.content)
    added, problem = 0, None
    for number, job in enumerate(jobs):
        for name, read in _reports_of(context, number, press):
            try:
                job[REPORTS] = [*reports_of(job), read()]
                added += 1
                if not job.get("name"):
                    job["name"] = _named(name)
            except (Invalid, ObjectRefused, BucketHeld) as error:
                words = str(error)
                problem = Problem(words if name in words else f"{name[:200]} was not added. {words}")
        if not job.get(REPORTS):
            job.pop(REPORTS, None)
    if press.verb == "add":
        _add(jobs, press.argument)
    elif press.verb == "remove":
        _remove(jobs, press.argument)
    if not jobs and not was_empty:
        del form.content["evaluation_details"]
    return added > 0, problem


def _reports_of(context: PageContext, number: int, press: Press) -> Iterator[tuple[str, Callable[[], DraftReport]]]:
    """The names of the reports that were posted for a job, each with the function that reads it."""
    kind = press.posted.get(f"kind-{number}") or None
    for file in press.files.getlist(f"report-{number}"):
        if file.filename:
            name = file.filename[-120:]
            yield name, partial(_uploaded, file, name, kind, context)
    uri = press.posted.get(f"uri-{number}", "").strip()
    if uri:
        yield uri, partial(report_files.fetch, context, uri, kind)


def _uploaded(file: FileStorage, name: str, kind: str | None, context: PageContext) -> DraftReport:
    return report_files.read_file(file.stream, name, kind, file.content_type, context.now())


def place(press: Press, form: DraftForm) -> str:
    """The end of the address that shows what was added, or where something was removed."""
    verb, argument = press.verb, press.argument
    if verb not in {"add", "remove"}:
        job = next(filter(None, map(_posted_for, [*press.files, *press.posted])), "")
        return f"?job={job}#job-{job}" if job else ""
    path = argument.rpartition(":")[0] if verb == "remove" else argument
    if verb == "add" and path == "evaluation_details":
        return f"#job-{len(list_at(form.content, 'evaluation_details')) - 1}"
    if verb == "add" and not path.endswith(".metric_groups"):
        return f"?add={path}#f-{path.replace('.', '-')}"
    parts = path.split(".")
    if parts[0] == "evaluation_details" and len(parts) > 1:
        return f"?job={parts[1]}#job-{parts[1]}"
    return f"#f-{path.replace('.', '-')}" if path else ""


def _posted_for(name: str) -> str:
    """The number of the job that a report is posted for."""
    found = re.fullmatch(r"report-(\d{1,5})", name)
    return found[1] if found else ""


def _add(jobs: list[dict[str, object]], argument: str) -> None:
    if argument == "evaluation_details" and len(jobs) < _MOST_JOBS:
        jobs.append({"name": ""})
    elif argument.endswith(".metric_groups"):
        job = _item(jobs, argument.split(".")[1])
        if job is not None:
            job["metric_groups"] = [*list_at(job, "metric_groups"), {"name": "", "metric_data": []}]


def _remove(jobs: list[dict[str, object]], argument: str) -> None:
    path, _, text = argument.rpartition(":")
    if not text.isdecimal() or len(text) > 5:
        return
    number = int(text)
    parts = path.split(".")
    if path == "evaluation_details":
        del jobs[number : number + 1]
    elif len(parts) == 3 and parts[2] in {"metric_groups", REPORTS}:
        job = _item(jobs, parts[1])
        if job is not None:
            items = list_at(job, parts[2])
            job[parts[2]] = [*items[:number], *items[number + 1 :]]
            if not job[parts[2]]:
                del job[parts[2]]


def _item(jobs: list[dict[str, object]], text: str) -> dict[str, object] | None:
    return jobs[int(text)] if text.isdecimal() and len(text) < 6 and int(text) < len(jobs) else None


def _named(filename: str) -> str:
    stem = filename.rsplit("/", 1)[-1].rsplit("\\", 1)[-1].removesuffix(".json")
    return " ".join(stem.replace("_", " ").replace("-", " ").split())[:63].capitalize()


def _by_hand(path: str, number: int, group: JsonObject) -> ByHand:
    data = list_at(group, "metric_data")
    rows = tuple(
        (index, metric)
        for index, metric in enumerate(data)
        if isinstance(metric, dict) and metric.get("type") in SIMPLE and len(data) <= _EDITABLE
    )
    kept = len(data) - len(rows)
    section = sections_of_groups([group])[0] if kept else None
    return ByHand(path, number, str(group.get("name", "")), rows, kept, section)


_EDITABLE = 60  # metrics of a group whose rows can be changed one by one; larger groups come from reports


def _report(number: int, report: DraftReport) -> Report:
    groups = report["groups"]
    return Report(
        number,
        report["file"],
        report["size"],
        report["at"],
        report["file"].startswith("s3://"),
        report["kind"],
        tuple((path, message) for path, message in report["omissions"]),
        tuple((path, text) for path, text in report["facts"]),
        len(groups),
        sum(len(list_at(group, "metric_data")) for group in groups),
        tuple(sections_of_groups(groups)),
    )


def _about(evaluation: JsonObject) -> str:
    reports = reports_of(evaluation)
    groups = [*list_at(evaluation, "metric_groups"), *(group for report in reports for group in report["groups"])]
    metrics = [metric for group in groups for metric in list_at(group, "metric_data")]
    charts = sum(metric.get("type") not in SIMPLE for metric in metrics if isinstance(metric, dict))
    notices = sum(len(report["omissions"]) for report in reports)
    parts = [report["kind"] for report in reports[:1]]
    for count, noun in ((len(metrics) - charts, "metric"), (charts, "chart"), (notices, "notice")):
        if count:
            parts.append(f"{count:,} {noun}{'' if count == 1 else 's'}")
    return " · ".join(parts) or "No report or metrics yet"
