"""The run as one table for people and one object for machines."""

from dataclasses import asdict
from typing import Any

from bench.measure import LOADS, Outcome, Plan

START_TARGET_SECONDS = 0.5

_MIB = 1024 * 1024


def as_object(plan: Plan, outcomes: dict[str, Outcome], facts: dict[str, Any]) -> dict[str, Any]:
    """Return everything that was measured, ready for JSON; *outcomes* by product name."""
    return {
        "plan": {**asdict(plan), "parts": sorted(plan.parts)},
        "ratios": {
            load.name: {"ratio": ratio, "target": load.target, "ok": ratio >= load.target}
            for load in LOADS
            if (ratio := _ratio(load.name, outcomes)) is not None
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


def _ratio(load: str, outcomes: dict[str, Outcome]) -> float | None:
    rates = [
        outcomes[name].loads[load].rate
        for name in ("cardwright", "moto")
        if name in outcomes and load in outcomes[name].loads
    ]
    return rates[0] / rates[1] if len(rates) == 2 else None


def _table(plan: Plan, outcomes: dict[str, Outcome]) -> list[str]:
    rows = [
        [
            "operation",
            "moto req/s",
            "(p50, p99 ms)",
            "cardwright req/s",
            "(p50, p99 ms)",
            "ratio",
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
            measured = outcomes[name].loads.get(load.name) if name in outcomes else None
            if measured is None:
                row += ["-", "-"]
                continue
            row += [f"{measured.rate:,.0f}", f"({measured.p50_ms:,.1f}, {measured.p99_ms:,.1f})"]
            if measured.ran_out:
                notes.append(
                    f"{name}, {load.title}: the {measured.answered:,} prepared requests lasted "
                    f"{measured.seconds:.1f} s; the rate holds for that time."
                )
        ratio = _ratio(load.name, outcomes)
        verdict = "" if ratio is None else "ok" if ratio >= load.target else "short"
        row += ["-" if ratio is None else f"{ratio:.1f}x", f">= {load.target:.0f}x", verdict]
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
    title = f"{plan.cards:,} cards, {plan.connections} connections, {plan.seconds} s each"
    return [title, "", *(line.rstrip() for line in aligned), *notes]


def _starts(outcomes: dict[str, Outcome]) -> list[str]:
    lines = []
    for name, outcome in outcomes.items():
        median = outcome.median_start
        if median is None:
            continue
        verdict = ""
        if name == "cardwright":
            verdict = f"  target < {START_TARGET_SECONDS} s  {'ok' if median < START_TARGET_SECONDS else 'short'}"
        held = outcome.final_cards if name == "cardwright" else 0  # moto forgets with its process
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
