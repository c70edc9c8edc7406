"""``python -m bench.pdf``: compares a card as a PDF with the same card through WeasyPrint; time and memory."""

import json
import os
import random
import resource
import statistics
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bench.machine import machine_facts
from cardwright.formats import CardRecord, VersionEntry
from cardwright.formats.html_page import render_html
from cardwright.formats.pdf import render_pdf

_MOMENT = 1_782_203_412_000
_PAGES = b"/Type/Page/"
_GOALS = {"warm_ms": 50.0, "ratio": 6.0, "first_seconds": 1.0, "long_seconds": 1.2, "long_mib": 250.0}
_OBSERVATION = "Discrimination holds on the out-of-time sample; calibration drifts in the two highest deciles. " * 3


def card(number: int) -> CardRecord:
    """A card of four pages with three charts; no two numbers give the same figures."""
    numbers = random.Random(number)  # noqa: S311 - not for secrets

    def share() -> float:
        return round(numbers.random(), 6)

    metrics = [
        {"name": name, "type": "number", "value": share(), "notes": "on the hold-out" if n % 4 == 0 else "as measured"}
        for n, name in enumerate(("auc", "accuracy", "precision", "recall", "f1", "log_loss", "brier_score", "gini"))
    ]
    curve = [[step / 20, round(1 - (1 - step / 20) ** (2 + numbers.random()), 4)] for step in range(21)]
    charts = [
        {"name": "receiver_operating_characteristic_curve", "type": "linear_graph", "value": curve,
         "x_axis_name": "false_positive_rates", "y_axis_name": "true_positive_rates"},
        {"name": "loans by year", "type": "bar_chart", "value": [round(20 + 40 * share(), 1) for _ in range(6)],
         "x_axis_name": [str(2019 + year) for year in range(6)], "y_axis_name": "Loans (thousands)"},
        {"name": "confusion_matrix", "type": "matrix", "value": [[numbers.randrange(9000) for _ in "ab"] for _ in "ab"],
         "x_axis_name": ["repaid", "default"], "y_axis_name": ["repaid", "default"]},
    ]  # fmt: skip
    return record(
        number,
        {
            "model_overview": {
                "model_name": f"credit-default-{number}",
                "model_description": "Estimates the probability that a personal loan defaults within twelve months.",
                "model_owner": "Retail Credit Risk",
                "model_creator": "Credit Modelling",
                "problem_type": "Binary classification",
                "algorithm_type": "Gradient-boosted trees",
                "model_artifact": [f"s3://models/credit-default/{number}/model.tar.gz"],
            },
            "intended_uses": {
                "purpose_of_model": _OBSERVATION,
                "intended_uses": _OBSERVATION,
                "risk_rating": "High",
                "explanations_for_risk_rating": _OBSERVATION,
            },
            "business_details": {"business_problem": _OBSERVATION, "line_of_business": "Retail lending"},
            "training_details": {
                "training_observations": _OBSERVATION,
                "training_job_details": {
                    "training_metrics": [{"name": f"loss_{fold}", "value": share()} for fold in range(5)],
                    "hyper_parameters": [{"name": f"parameter_{n}", "value": str(share())} for n in range(10)],
                },
            },
            "evaluation_details": [
                {
                    "name": "Out-of-time validation",
                    "evaluation_observation": _OBSERVATION,
                    "datasets": [f"s3://data/loans/{number}/oot.parquet"],
                    "metric_groups": [{"name": "binary_classification_metrics", "metric_data": [*metrics, *charts]}],
                }
            ],
            "additional_information": {"ethical_considerations": _OBSERVATION},
        },
    )


def long_card(number: int) -> CardRecord:
    """A card of about a hundred pages: 4,500 figures."""
    numbers = random.Random(number)  # noqa: S311 - not for secrets
    groups = [
        {
            "name": f"segment group {group}",
            "metric_data": [
                {"name": f"segment_{group}_{n}_default_rate", "type": "number", "value": numbers.random()}
                for n in range(100)
            ],
        }
        for group in range(45)
    ]
    return record(number, {"evaluation_details": [{"name": "Segments", "metric_groups": groups}]})


def record(number: int, content: dict[str, Any]) -> CardRecord:
    name = f"card-{number}"
    return CardRecord(
        name, f"arn:aws:sagemaker:us-east-1:000000000000:model-card/{name}", 3, "Approved", json.dumps(content),
        _MOMENT, _MOMENT, "mei", "jonas",
        versions=tuple(VersionEntry(version, "Approved", _MOMENT, _MOMENT, "mei") for version in (3, 2, 1)),
    )  # fmt: skip


def pdf_of(record: CardRecord) -> bytes:
    """The PDF of a card."""
    return render_pdf(record).data


def through_weasyprint(of: CardRecord) -> bytes:
    """Print the HTML page of a card as a PDF with WeasyPrint."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import weasyprint

        made: bytes = weasyprint.HTML(string=render_html(of).data.decode()).write_pdf()
    return made


def warm_times(printer: Callable[[CardRecord], bytes], count: int, first: int) -> list[tuple[float, float]]:
    """Wall clock and processor seconds for each of *count* different cards, after two warm-up cards."""
    for number in range(first, first + 2):
        printer(card(number))
    times = []
    for number in range(first + 2, first + 2 + count):
        of = card(number)
        start, started = time.perf_counter(), time.process_time()
        printer(of)
        times.append((time.perf_counter() - start, time.process_time() - started))
    return times


def in_new_process(code: str) -> tuple[float, str]:
    """Return the run time of a new interpreter in seconds, and its output."""
    start = time.perf_counter()
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603 - fixed
    return time.perf_counter() - start, finished.stdout.strip()


def resident_mib() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise LookupError("this system does not report the resident size of a process")


def long_document() -> str:
    """Return seconds, processor seconds, peak MiB and pages of a long document, of this process and its child."""
    of = long_card(1)
    start = time.perf_counter()
    started = process_seconds()
    made = pdf_of(of)
    seconds, cpu = time.perf_counter() - start, process_seconds() - started
    peaks = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return json.dumps({"seconds": seconds, "cpu": cpu, "mib": max(peaks), "pages": made.count(_PAGES)})


def process_seconds() -> float:
    """Processor seconds of this process and of its children that ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def sizes_over(exports: int) -> str:
    """Return resident MiB after numbers of exports of different cards."""
    sizes = {}
    for number in range(1, exports + 1):
        pdf_of(card(number))
        if number in {10, 50} or number % 100 == 0:
            sizes[number] = round(resident_mib(), 1)
    return json.dumps(sizes)


@click.command()
@click.option("--documents", type=click.IntRange(3), default=30, show_default=True, help="Documents that are timed.")
@click.option("--exports", type=click.IntRange(10), default=1000, show_default=True, help="Exports for the memory.")
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Write all numbers here.")
def main(documents: int, exports: int, json_file: Path | None) -> None:
    """Measure PDF printing on one core: time, the ratio to WeasyPrint, and memory."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    pages = pdf_of(card(0)).count(_PAGES)
    rounds = [
        (warm_times(pdf_of, documents // 3, 100 * n), warm_times(through_weasyprint, 3, 100 * n)) for n in range(3)
    ]
    own_seconds, own_cpu = (statistics.median(pair[n] for times, _ in rounds for pair in times) for n in (0, 1))
    other_seconds, other_cpu = (statistics.median(pair[n] for _, times in rounds for pair in times) for n in (0, 1))
    first = "from bench.pdf import card, pdf_of; pdf_of(card(1))"
    first_seconds = statistics.median(in_new_process(first)[0] for _ in range(3))
    long = json.loads(in_new_process("from bench import pdf; print(pdf.long_document())")[1])
    sizes = json.loads(in_new_process(f"from bench import pdf; print(pdf.sizes_over({exports}))")[1])
    found = {
        "pages": pages,
        "warm_ms": own_seconds * 1000,
        "warm_cpu_ms": own_cpu * 1000,
        "weasyprint_ms": other_seconds * 1000,
        "other_cpu_ms": other_cpu * 1000,
        "ratio": other_seconds / own_seconds,
        "cpu_ratio": other_cpu / own_cpu,
        "first_seconds": first_seconds,
        "long_seconds": long["seconds"],
        "long_cpu_seconds": long["cpu"],
        "long_mib": long["mib"],
        "long_pages": long["pages"],
        "resident_mib": sizes,
    }
    if json_file is not None:
        facts = {"goals": _GOALS, "machine": machine_facts(Path.cwd())}
        json_file.write_text(json.dumps(found | facts, indent=2) + "\n")
    click.echo(
        f"{pages} pages, 3 charts, warm, one core: {own_seconds * 1000:.0f} ms, of processor {own_cpu * 1000:.0f}"
        f" (goal: under {_GOALS['warm_ms']:.0f})\n"
        f"the same card through WeasyPrint: {other_seconds * 1000:.0f} ms, of processor {other_cpu * 1000:.0f};"
        f" ratios {other_seconds / own_seconds:.1f} and {other_cpu / own_cpu:.1f}"
        f" (goal: {_GOALS['ratio']:.0f})\n"
        f"first document of a new process: {first_seconds:.2f} s (goal: under {_GOALS['first_seconds']:.0f})\n"
        f"{long['pages']} pages: {long['seconds']:.2f} s, of processor {long['cpu']:.2f}"
        f" (goal: under {_GOALS['long_seconds']}), peak {long['mib']:.0f} MiB (goal: under {_GOALS['long_mib']:.0f})\n"
        f"resident MiB after exports: {', '.join(f'{count}: {size:.0f}' for count, size in sizes.items())}"
    )


if __name__ == "__main__":
    main()
