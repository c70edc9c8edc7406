"""The results as a table and as a JSON object."""

from collections.abc import Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from bench.measure import LOADS, ROUNDS, Outcome, Plan
from bench.wrk import Measured

START_TARGET_SECONDS = 0.5

_MIB = 1024 * 1024


def as_object(plan: Plan, outcomes: dict[str, Outcome], facts: dict[str, Any]) -> dict[str, Any]:
    """Return all measurements, ready for JSON; *outcomes* by product name."""
    return {
        "plan": {**asdict(plan), "parts": sorted(plan.parts)},
        "ratios": {
            load.name: {
                "ratio": median(ratios),
                "ratios": ratios,
                "target": load.target,
                "ok": median(ratios) >= load.target,
            }
            for load in LOADS
            if (ratios := _ratios(load.name, outcomes))
        },
        "servers": {
            name: {**asdict(outcome), "median_start_seconds": outcome.median_start}
            for name, outcome in outcomes.items()
        },
        "facts": facts,
    }


def as_text(plan: Plan, outcomes: dict[str, Outcome], facts: dict[str, Any]) -> str:
    """Return the table, then start times, memory and the facts, as plain text."""
    lines = []
    if any(load.part in plan.parts for load in LOADS):
        lines += _table(plan, outcomes)
    if "start" in plan.parts:
        lines += ["", *_starts(outcomes)]
    memory = [line for name, outcome in outcomes.items() for line in _memory(name, plan, outcome)]
    if memory:
        lines += ["", *memory]
    lines += ["", *_facts(facts)]
    return "\n".join(lines).strip("\n")


def _ratios(load: str, outcomes: dict[str, Outcome]) -> list[float]:
    """Return the ratio of each round; empty without both servers."""
    rounds = [outcomes[name].loads.get(load, []) if name in outcomes else [] for name in ("cardwright", "moto")]
    return [cardwright.rate / moto.rate for cardwright, moto in zip(*rounds, strict=False)]


def _table(plan: Plan, outcomes: dict[str, Outcome]) -> list[str]:
    rows = [
        [
            "operation",
            "moto req/s",
            "(p50, p99 ms)",
            "cardwright req/s",
            "(p50, p99 ms)",
            "ratio",
            "(min, max)",
            "target",
            "",
        ]
    ]
    notes = []
    for load in LOADS:
        if load.part not in plan.parts:
            continue
        row = [load.title]
        for name in ("moto", "cardwright"):
            rounds = outcomes[name].loads.get(load.name, []) if name in outcomes else []
            if not rounds:
                row += ["-", "-"]
                continue
            row += [f"{_rate(rounds):,.0f}", _times(rounds)]
            if any(measured.ran_out for measured in rounds):
                notes.append(
                    f"{name}, {load.title}: the prepared requests of a round lasted {_shortest(rounds):.1f} s or more;"
                    " rates are for that time."
                )
        row += _verdict(_ratios(load.name, outcomes), load.target)
        rows.append(row)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    aligned = [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for row in rows
    ]
    title = f"{plan.cards:,} cards, {plan.connections} connections, {ROUNDS} rounds of {plan.seconds} s, in turns"
    return [title, "", *(line.rstrip() for line in aligned), *notes]


def _rate(rounds: Sequence[Measured]) -> float:
    return sum(measured.answered for measured in rounds) / sum(measured.seconds for measured in rounds)


def _times(rounds: Sequence[Measured]) -> str:
    halves, tails = [one.p50_ms for one in rounds], [one.p99_ms for one in rounds]
    return f"({median(halves):,.1f}, {median(tails):,.1f})"


def _shortest(rounds: Sequence[Measured]) -> float:
    return min(measured.seconds for measured in rounds)


def _verdict(ratios: Sequence[float], target: float) -> list[str]:
    """Return the cells of a row with ratio and target."""
    if not ratios:
        return ["-", "-", f">= {target:.0f}x", ""]
    ratio = median(ratios)
    spread = f"({min(ratios):.1f}, {max(ratios):.1f})"
    return [f"{ratio:.1f}x", spread, f">= {target:.0f}x", "ok" if ratio >= target else "short"]


def _starts(outcomes: dict[str, Outcome]) -> list[str]:
    lines = []
    for name, outcome in outcomes.items():
        median = outcome.median_start
        if median is None:
            continue
        verdict = ""
        if name == "cardwright":
            verdict = f"  target < {START_TARGET_SECONDS} s  {'ok' if median < START_TARGET_SECONDS else 'short'}"
        held = outcome.final_cards if name == "cardwright" else 0  # moto loses its cards when its process ends
        lines.append(
            f"start to first answer, {name}: {median:.2f} s, median of {len(outcome.start_seconds)}"
            f" ({min(outcome.start_seconds):.2f}-{max(outcome.start_seconds):.2f}),"
            f" on {held:,} cards{verdict}"
        )
    return lines


def _memory(name: str, plan: Plan, outcome: Outcome) -> list[str]:
    if outcome.loaded_bytes is None or outcome.final_bytes is None:
        return []
    return [
        f"memory, {name}: {outcome.loaded_bytes / _MIB:.0f} MiB with {plan.cards:,} cards loaded,"
        f" {outcome.final_bytes / _MIB:.0f} MiB at the end with {outcome.final_cards:,}"
    ]


def _facts(facts: dict[str, Any]) -> list[str]:
    machine = facts["machine"]
    lines = [
        f"machine: {machine['cores']} cores, {machine['processor']}, {machine['system']},"
        f" load average {machine['load_average']} before",
        f"disk: {machine['file_system']}, {machine['fsync_us']:,} us to append 4 KiB and fsync",
    ]
    for name, own in facts["servers"].items():
        if own:
            packages = ", ".join(f"{package} {version}" for package, version in own["packages"].items())
            lines.append(f"{name}: Python {own['python']}, SQLite {own['sqlite']}, {packages}")
    return lines
