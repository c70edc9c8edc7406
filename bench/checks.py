"""``python -m bench.checks``: checks 1,000 cards with 20 rules on one core."""

import json
import time

import click

from bench.content import card_content
from cardwright.core.policy.checking import Checker
from cardwright.core.policy.reading import read_policy
from cardwright.core.policy.subject import Baselines, Subject, card_version
from cardwright.formats.checks import CheckedCard, CheckReport, Source, print_report
from cardwright.formats.metric_names import readable

TARGET = 2.0
"""Seconds of processor time."""

_NOW = 1_795_867_200_000
RULES = """
policy: bench
rules:
  - {id: owner, require: [/model_overview/model_owner]}
  - {id: names, require: [/model_overview/model_name, /model_overview/model_version, /model_overview/model_description]}
  - {id: purpose, require: {pointers: [/intended_uses/purpose_of_model], min_length: 20}}
  - {id: stakeholders, one_of: [/business_details/business_stakeholders, /business_details/line_of_business]}
  - {id: caveats, one_of: [/additional_information/caveats_and_recommendations, /additional_information/custom_details]}
  - {id: risk-owner, when: {risk: [High, Unknown]}, require: [/business_details/business_stakeholders]}
  - {id: shape, schema: {type: object, required: [model_overview, intended_uses]}}
  - {id: evaluated, schema: {required: [evaluation_details], properties: {evaluation_details: {minItems: 1}}}}
  - {id: rated, schema: {properties: {intended_uses: {properties: {risk_rating: {enum: [Low, Medium, High]}}}}}}
  - {id: placeholder, forbid: '(?i)lorem ipsum|\\bTBD\\b'}
  - {id: e-mail, forbid: '[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}'}
  - {id: key, forbid: 'AKIA[0-9A-Z]{16}'}
  - {id: auc-floor, metric: {name: auc, at_least: 0.5}}
  - {id: shares, metric: {name: "*", at_least: -1000000000}}
  - {id: recall-floor, metric: {name: recall, at_least: 0.1}}
  - {id: no-regression, regression: {tolerance_relative: 0.01}}
  - {id: auc-kept, regression: {metric: auc, against: approved}}
  - {id: fresh, severity: warning, freshness: {evaluation: "*", max_days: 180}}
  - {id: instructions, severity: note, evidence: {kind: instructions}}
  - {id: audit, severity: note, freshness: {evidence: audit, max_days: 365}}
"""


@click.command()
@click.option("--cards", type=click.IntRange(1), default=1_000, show_default=True, help="Cards to check.")
@click.option("--rounds", type=click.IntRange(1), default=5, show_default=True, help="Rounds; the median counts.")
def main(cards: int, rounds: int) -> None:
    """Read, check and report cards of 9.6 KB, each compared with an earlier version, and print the processor time."""
    policy = read_policy(RULES)
    contents = [card_content(f"bench-{number:05}") for number in range(cards)]
    times = sorted(_round(policy_text=RULES, contents=contents) for _ in range(rounds))
    middle = times[len(times) // 2]
    click.echo(f"{cards} cards of {len(contents[0]):,} characters, {len(policy.rules)} rules")
    click.echo(f"processor time {middle:.2f} s (from {times[0]:.2f} to {times[-1]:.2f}); target {TARGET:.2f} s")


def _round(policy_text: str, contents: list[str]) -> float:
    began = time.process_time()
    policy = read_policy(policy_text)
    checker = Checker(policy, readable)
    checked = []
    for number, content in enumerate(contents):
        name = f"bench-{number:05}"
        old = card_version(name, content, 1, "Approved")
        new = card_version(name, content, 2, "Draft")
        found = checker.check(Subject(new, _NOW, baselines=Baselines(old, old)))
        checked.append(CheckedCard(found, Source(f"cards/{name}.json", content)))
    json.loads(print_report(CheckReport(policy, _NOW, "bench", tuple(checked)), "json"))
    return time.process_time() - began


if __name__ == "__main__":
    main()
