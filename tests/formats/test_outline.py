"""The outline of a card."""

from dataclasses import replace

import pytest

from cardwright.examples import examples
from cardwright.formats.card import outline_of
from cardwright.formats.outline import Fields, MetricTable, Number, Outline, Prose, Table, Text
from tests.formats.records import all_blocks, all_sections, evaluated, record


def outline(content: object, status: str = "Approved") -> Outline:
    return outline_of(record(content, status=status))


def fields_of(content: object) -> dict[str, list[str]]:
    """Return every labelled value of an outline's sections."""
    found: dict[str, list[str]] = {}
    for block in all_blocks(outline(content)):
        if isinstance(block, Fields):
            found |= {row.label.text: [value.text for value in row.values] for row in block.rows}
    return found


def test_sections_follow_sagemakers_order_not_the_order_of_the_content() -> None:
    content = {
        "additional_information": {"ethical_considerations": "x"},
        "evaluation_details": [{"name": "e", "evaluation_observation": "x"}],
        "training_details": {"training_observations": "x"},
        "business_details": {"business_problem": "x"},
        "intended_uses": {"purpose_of_model": "x"},
        "model_package_details": {"domain": "x"},
        "model_overview": {"model_name": "x"},
    }
    assert [section.title.text for section in outline(content).sections] == [
        "Model overview",
        "Model package",
        "Intended uses",
        "Business details",
        "Training details",
        "Evaluation details",
        "Additional information",
    ]


def test_empty_members_have_no_section_and_are_listed_as_missing() -> None:
    content = {
        "model_overview": {"model_name": "m", "model_artifact": [], "model_owner": ""},
        "intended_uses": {},
        "evaluation_details": [],
    }
    found = outline(content)
    assert [section.id for section in found.sections] == ["overview"]
    missing = {gap.path: gap.label for gap in found.missing}
    assert missing["intended_uses"] == "Intended uses"
    assert missing["evaluation_details"] == "Evaluation details"
    assert missing["model_overview.model_owner"] == "Owner"
    assert missing["model_overview.inference_environment"] == "Inference containers"
    assert "model_overview.model_name" not in missing


def test_an_empty_card_is_a_title_block_and_nothing_else() -> None:
    found = outline("{}", status="Draft")
    assert (found.sections, found.lead, found.model, found.risk_rating) == ((), (), None, None)
    assert found.warning == "This card is a draft. It has not been reviewed or approved."
    assert [row.label.text for row in found.facts] == ["Created", "Last changed", "Card ARN", "Content SHA-256"]


def test_numbers_keep_the_digits_they_are_stored_with() -> None:
    digits = (
        "1.0",
        "1e400",
        "123456789012345678901234567890",
        "0.10",
        "-0",
        "1E+2",
        "5e-324",
        "-1e-999999999999999999999",
    )
    metrics = ",".join(f'{{"name": "m{n}", "type": "number", "value": {text}}}' for n, text in enumerate(digits))
    content = (
        f'{{"evaluation_details": [{{"name": "e", "metric_groups": [{{"name": "g", "metric_data": [{metrics}]}}]}}]}}'
    )
    table = all_blocks(outline(content))[0]
    assert isinstance(table, MetricTable)
    assert tuple(metric.value.text for metric in table.metrics) == digits
    values = [metric.value.value for metric in table.metrics if isinstance(metric.value, Number)]
    assert values == [1.0, None, 123456789012345678901234567890.0, 0.1, 0.0, 100.0, 5e-324, 0.0]


@pytest.mark.parametrize(
    ("literal", "short"),
    [
        ("0.7580755880774608", "0.7581"),
        ("0.0006380207487381995", "0.000638"),
        ("-0.11415724421435", "-0.1142"),
        ("59888", "59,888"),
        ("2021.25", "2021.25"),
        ("111.371", "111.37"),
        ("0.99999999", "1"),
        ("9.99999e-7", "1×10⁻⁶"),
        ("6.02214076e23", "6.022×10²³"),
        ("0", "0"),
        ("1.0", "1"),
        ("1e400", "1×10⁴⁰⁰"),
        ("NaN", "NaN"),
    ],
)
def test_a_label_shows_at_least_three_digits_that_count(literal: str, short: str) -> None:
    assert Number(literal, None).short == short


def test_the_objective_reads_the_same_in_both_forms_that_clients_write() -> None:
    nested = {"function": {"function": "Maximize", "facet": "AUC", "condition": "c"}, "notes": "n"}
    flat = {"function": "Maximize", "facet": "AUC", "condition": "c", "notes": "n"}
    shown = [fields_of({"training_details": {"objective_function": form}}) for form in (nested, flat)]
    assert (
        shown[0]
        == shown[1]
        == {
            "Objective": ["Maximize"],
            "Objective metric": ["AUC"],
            "Objective condition": ["c"],
            "Notes on the objective": ["n"],
        }
    )


def test_keys_that_the_schema_does_not_know_are_shown_at_every_level() -> None:
    content = {
        "future_section": {"deep": {"er": [1, {"x": None}]}, "flat": "f"},
        "model_overview": {"carbon": 3.5, "inference_environment": {"region": "r"}},
        "training_details": {"objective_function": {"function": {"weight": 2}}},
        "evaluation_details": [
            {"name": "e", "reviewer": "you", "metric_groups": [{"name": "g", "metric_data": [], "unit": "s"}]}
        ],
    }
    shown = fields_of(content)
    assert shown["carbon"] == ["3.5"]
    assert (shown["region"], shown["weight"], shown["reviewer"], shown["unit"]) == (["r"], ["2"], ["you"], ["s"])
    assert shown["flat"] == ["f"]
    tables = [block for block in all_blocks(outline(content)) if isinstance(block, Table)]
    assert [[str(cell) for cell in row] for row in tables[0].rows] == [["er.0", "1"], ["er.1.x", "null"]]


def test_prose_keeps_its_paragraphs_and_lines_and_each_line_its_language() -> None:
    text = "One.\r\nيجب مراجعة النتائج قبل الرفض.\n\n審査担当者は確認すること。\n审批人员必须复核。"
    prose = next(b for b in all_blocks(outline({"intended_uses": {"purpose_of_model": text}})) if isinstance(b, Prose))
    shown = [[(line.language, line.direction) for line in lines] for lines in prose.paragraphs]
    assert shown == [[(None, "ltr"), ("ar", "rtl")], [("ja", "ltr"), ("zh", "ltr")]]


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("plain", (None, "ltr")),
        ("Grüße, 1 €", (None, "ltr")),
        ("AUC يجب مراجعة النتائج", ("ar", "rtl")),
        ("the word سنة in a sentence", (None, "ltr")),
        ("שלום", ("he", "rtl")),
        ("این یک پرسش است", ("fa", "rtl")),
        ("검토", ("ko", "ltr")),
        ("Привет", ("ru", "ltr")),
        ("⚠️ 🇩🇪", (None, "ltr")),
    ],
)
def test_language_is_guessed_by_script(text: str, guess: tuple[str | None, str]) -> None:
    found = outline({"model_overview": {"model_name": text}}).model
    assert isinstance(found, Text)
    assert (found.language, found.direction) == guess


def test_only_addresses_of_the_web_become_links() -> None:
    given = ["https://a.example/x?y=1", "javascript:alert(1)", "s3://b/k", "https://a.example/ two", "data:text/html,x"]
    content = {"additional_information": {"custom_details": {str(n): text for n, text in enumerate(given)}}}
    table = all_blocks(outline(content))[0]
    assert isinstance(table, Table)
    assert [row[1].link for row in table.rows if isinstance(row[1], Text)] == [given[0], None, None, None, None]


def test_deviations_and_baselines_are_in_the_row_of_their_figure() -> None:
    names = ("auc", "auc - standard_deviation", "f1_best_constant_classifier", "f1", "lone - standard_deviation")
    table = all_blocks(outline(evaluated(*({"name": n, "type": "number", "value": 1} for n in names))))[0]
    assert isinstance(table, MetricTable)
    rows = [(row.metric.name.text, bool(row.deviation), bool(row.baseline)) for row in table.rows]
    assert rows == [("auc", True, False), ("f1", False, True), ("lone - standard_deviation", False, False)]
    assert [metric.name.text for metric in table.metrics] == list(names)


def test_the_deviation_of_a_baseline_is_in_the_row_of_the_baseline() -> None:
    base, deviation = "_best_constant_classifier", " - standard_deviation"
    names = (
        f"f1{base}{deviation}",
        f"f1{base}",
        "f1",
        f"f1{deviation}",
        f"f1{deviation}{deviation}",
        f"f1{base}{base}",
    )
    table = all_blocks(outline(evaluated(*({"name": n, "type": "number", "value": 1} for n in names))))[0]
    assert isinstance(table, MetricTable)
    row = table.rows[0]
    folded = [row.deviation, row.baseline, row.baseline_deviation]
    assert [part and part.name.text for part in folded] == [f"f1{deviation}", f"f1{base}", f"f1{base}{deviation}"]
    assert [row.metric.name.text for row in table.rows] == ["f1", names[4], names[5]]


def test_figures_with_duplicate_names_or_notes_keep_their_own_rows() -> None:
    doubled = [{"name": "a", "type": "number", "value": n} for n in (1, 2)]
    noted = {"name": "a - standard_deviation", "type": "number", "value": 3, "notes": "n"}
    table = all_blocks(outline(evaluated(*doubled, noted)))[0]
    assert isinstance(table, MetricTable)
    assert [row.metric.value.text for row in table.rows] == ["1", "2", "3"]


def test_a_lone_surrogate_of_another_server_becomes_a_replacement_character() -> None:
    found = outline('{"model_overview": {"model_name": "a\\ud800b"}}')
    assert found.model == Text("a\ufffdb")


@pytest.mark.parametrize("name", [example.name for example in examples()])
def test_section_ids_are_unique_and_outlines_are_deterministic(name: str) -> None:
    example = next(example for example in examples() if example.name == name)
    for step in example.steps:
        if step.content:
            found = outline(step.content)
            ids = [section.id for section in all_sections(found)]
            assert len(ids) == len(set(ids))
            assert found == outline(step.content)


def test_the_status_and_the_versions_are_those_of_the_record() -> None:
    given = replace(record("{}", status="PendingReview"), note="why", modified_by=None)
    found = outline_of(given)
    assert (found.status, found.status_text) == ("PendingReview", "Pending review")
    assert [(line.number, line.changed) for line in found.versions] == [
        (2, "2026-06-21 16:02:00"),
        (1, "2026-06-21 16:02:00"),
    ]
    facts = {row.label.text: row.values[0].text for row in found.facts}
    assert facts["Created"] == "3 March 2026, 08:54 UTC by mei"
    assert facts["Last changed"] == "21 June 2026, 16:02 UTC"
    assert facts["Note on this version"] == "why"
