"""What a draft lacks: counts by step, gaps that lead to their fields, and what a policy requires."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardwright.actions.policies import put_policy
from cardwright.client.own_client import own_client
from cardwright.console.wizard.check import place_of
from cardwright.console.wizard.fields import InputKind
from cardwright.console.wizard.forms import put
from cardwright.console.wizard.steps import STEPS, fields_of
from cardwright.core.field_names import name_of_change
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.core.recommended import recommended
from cardwright.formats.card import outline_of
from cardwright.formats.outline import Fields, Outline, Prose
from cardwright.server.stores import open_existing_store
from tests import servers
from tests.console.browser_form import form_of
from tests.console.team import ACCOUNT, settings_of
from tests.console.test_autosave import autosaved, control
from tests.console.test_editing import sent
from tests.console.visits import Visitor
from tests.formats.records import all_sections, record
from tests.servers import Server

POLICY = """
policy: high-risk
version: 4
applies_to: {risk: [High]}
approval:
  approvals: [{role: approver, count: 1}]
  required_checks: [ethics]
rules:
  - {id: owner, severity: note, require: [/model_overview/model_owner], title: The card names an owner}
  - id: ethics
    severity: error
    why: Say who could be harmed and how that was weighed.
    fix: Write at least 20 characters.
    require: {pointers: [/additional_information/ethical_considerations], min_length: 20}
  - id: number
    severity: error
    title: The inventory knows the model
    schema:
      type: object
      required: [additional_information]
      properties:
        additional_information:
          type: object
          required: [custom_details]
          properties: {custom_details: {type: object, required: [inventory]}}
"""


@pytest.fixture(scope="module")
def governed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with a policy for cards with a High risk rating."""
    with servers.running(tmp_path_factory.mktemp("governed")) as server:
        store = open_existing_store(settings_of(server))
        with store.open_unit(Actor(Scope(store.region, ACCOUNT), "ana", Role.ADMIN)) as unit:
            put_policy(unit, POLICY)
        store.close()
        yield server


def steps_of(page: str) -> list[str]:
    """What the list of steps says of each step."""
    listed = re.search(r'<nav class="cw-steps".*?</nav>', page, re.DOTALL)
    assert listed is not None
    return [
        " ".join(re.sub(r"<[^>]*>", " ", item).split())
        for item in re.findall(r"<small>(.*?)</small>", listed[0], re.DOTALL)
    ]


def test_steps_of_an_empty_card_say_that_nothing_is_given(console: Server) -> None:
    words = steps_of(Visitor(console.url).get("/new").text)
    assert words == [
        "0 of 9 recommended",
        "0 of 5 recommended",
        "0 of 4 recommended",
        "0 of 3 recommended",
        "",
    ]
    assert "Complete" not in "".join(words)


def test_a_saved_field_is_counted_in_the_answer_to_the_save(console: Server) -> None:
    visitor = Visitor(console.url)
    form = form_of(visitor.get("/new").text)
    control(form, "model_overview.model_owner").value = "Risk"
    saved = json.loads(autosaved(visitor, form, ["model_overview.model_owner"]).text)
    assert "1 of 9 recommended" in saved["steps"]
    visitor.post(f"{saved['address'].rpartition('/')[0]}/discard", [])


def test_each_gap_leads_to_a_field_of_its_step(console: Server) -> None:
    visitor = Visitor(console.url)
    draft = visitor.begin("all-gaps")
    review = visitor.get(f"{draft}/review").text
    links = dict.fromkeys(re.findall(rf'href="({draft}/\w+)#([^"]+)" data-gap', review))
    assert len(links) == 18
    for address, target in links:
        assert f'id="{target}"' in visitor.get(address).text, target
    assert "(recommended by" not in review
    visitor.post(f"{draft}/discard", [])


def test_steps_count_the_recommended_fields_that_are_given(console: Server) -> None:
    client, visitor = console.client(), Visitor(console.url)
    group = {"name": "g", "metric_data": [{"name": "auc", "type": "number", "value": 0.9}]}
    content = {
        "model_overview": {"model_name": "n", "model_owner": "Risk", "problem_type": " "},
        "training_details": {
            "objective_function": {"function": {"function": "Maximize"}},
            "training_job_details": {"user_provided_hyper_parameters": [{"name": "depth", "value": "6"}]},
        },
        "evaluation_details": [
            {"name": "one", "metric_groups": [group], "evaluation_observation": "Fine."},
            {"name": "two", "metric_groups": [group]},
        ],
    }
    client.create_model_card(ModelCardName="counted", Content=json.dumps(content), ModelCardStatus="Draft")
    review = visitor.get("/cards/counted/edit/review").text
    assert [words for words in steps_of(review) if words] == [
        "2 of 9 recommended",
        "2 of 5 recommended",
        "2 of 4 recommended",
        "0 of 3 recommended",
    ]
    assert 'href="/cards/counted/edit/evaluation?job=1#f-evaluation_details-1-evaluation_observation"' in review
    assert "<b>two, observations</b>" in review
    page = visitor.get("/cards/counted/edit/evaluation?job=1").text
    assert 'id="f-evaluation_details-1-evaluation_observation"' in page
    client.delete_model_card(ModelCardName="counted")


def _labels_of(outline: Outline) -> dict[str, str]:
    """The labels that a document prints, by dotted path."""
    found = {}
    for section in all_sections(outline):
        found[section.path] = section.title.text
        for block in section.blocks:
            rows = block.rows if isinstance(block, Fields) else [block] if isinstance(block, Prose) else []
            found |= {row.path: row.label.text for row in rows}
    return found


def test_form_page_gaps_and_comparison_call_a_field_the_same() -> None:
    asked = [field for step in STEPS for field in fields_of(step, evaluations=1)]
    full: dict[str, object] = {"evaluation_details": [{}]}
    values: dict[str, object] = {
        InputKind.ROWS: [{"name": "depth", "value": 6}],
        InputKind.PAIRS: {"team": "Fraud"},
        InputKind.LIST: ["s3://bucket/a"],
    }
    for field in asked:
        put(full, field.keys, values.get(field.kind, "A text"))
    printed = _labels_of(outline_of(record(full)))
    missing = {gap.path: gap.label for gap in outline_of(record({})).missing}
    gaps = {one.path: one.label for one in recommended(full)}
    elsewhere = {"evaluation_details.0.name", "model_overview.model_description", "intended_uses.risk_rating"}
    assert {field.path for field in asked} - printed.keys() <= elsewhere  # the title of a job, the lead, the stamp
    for field in asked:
        in_job = field.path.startswith("evaluation_details.")
        label = f"A text, {field.label[0].lower()}{field.label[1:]}" if in_job else field.label
        assert place_of(full, list(field.keys))[2] == label
        assert gaps.get(field.path, label) == label
        assert name_of_change([field.keys[0], "A text", *field.keys[2:]] if in_job else field.keys) == label
        if field.path not in elsewhere:
            assert printed[field.path] == field.label
        assert missing.get(field.path, field.label) == field.label
        environment = field.path.removesuffix(".container_image")
        assert missing.get(environment, field.label) == field.label


def test_a_limit_that_is_exceeded_names_its_field(console: Server) -> None:
    client, visitor = console.client(), Visitor(console.url)
    text = json.dumps({"evaluation_details": [{"name": "n" * 70}]})
    client.create_model_card(ModelCardName="long-name", Content=text, ModelCardStatus="Draft")
    review = visitor.get("/cards/long-name/edit/review").text
    client.delete_model_card(ModelCardName="long-name")
    assert f"<b>{'n' * 62}…, name of the job</b>" in review
    assert "Shorten this by 7 characters." in review


def test_required_fields_have_the_words_of_the_policy(governed: Server) -> None:
    client, visitor = governed.client(), Visitor(governed.url)
    text = json.dumps({"intended_uses": {"risk_rating": "High"}})
    client.create_model_card(ModelCardName="required", Content=text, ModelCardStatus="Draft")
    review = visitor.get("/cards/required/edit/review").text
    assert "2 fields are required by the policy high-risk." in review
    assert (
        "<q>Say who could be harmed and how that was weighed. Write at least 20 characters.</q> high-risk, rule 2"
        in (review)
    )
    assert "Custom detail &#34;inventory&#34;" in review
    assert steps_of(review)[3] == "0 of 3 recommended 2 required are missing"
    page = visitor.get("/cards/required/edit/ethics").text
    assert re.search(r'aria-describedby="[^"]*f-additional_information-ethical_considerations-p', page)
    assert page.count("Required for approval") == 1
    assert page.count("Required by policy") == 1
    form = form_of(page)
    control(form, "additional_information.ethical_considerations").value = "No payment is refused by the score alone."
    saved = json.loads(autosaved(visitor, form, ["additional_information.ethical_considerations"]).text)
    assert "1 required is missing" in saved["steps"]


def test_card_page_form_and_inventory_count_the_same_fields(governed: Server) -> None:
    client, visitor = governed.client(), Visitor(governed.url)
    overview = {"model_overview": {"model_name": "one-count", "problem_type": "Ranking"}}
    for rating, required in (("Low", ""), ("High", "2 required fields missing ")):
        name, address = f"count-{rating.lower()}", f"/cards/count-{rating.lower()}"
        text = json.dumps(overview | {"intended_uses": {"risk_rating": rating}}).replace("one-count", name)
        client.create_model_card(ModelCardName=name, Content=text, ModelCardStatus="Draft")
        counts = [
            re.match("([0-9]+) of ([0-9]+) recommended", words)
            for words in steps_of(visitor.get(f"{address}/edit/review").text)
        ]
        given, wanted = (sum(int(count[place]) for count in counts if count) for place in (1, 2))
        strip = re.search(r'id="gaps">(.*?)</dl>', visitor.get(address).text, re.DOTALL)
        assert strip is not None
        words = " ".join(re.sub(r"<[^>]*>", " ", strip[1]).split())
        assert words.startswith(f"{required}{given} of {wanted} recommended fields are filled in"), words
        for link, target in re.findall(r'data-gap href="([^"#]+)#([^"]+)"', strip[1]):
            assert f'id="{target}"' in visitor.get(link).text, target
        (row,) = own_client(client).list_model_card_inventory(NameContains=name)["ModelCards"]
        assert row["RecommendedFields"] == f"{given} of {wanted}"
        assert row.get("RequiredFields") == ("0 of 2" if required else None)


def test_approved_is_not_offered_where_a_policy_asks_for_a_review(governed: Server) -> None:
    visitor = Visitor(governed.url)
    form = form_of(visitor.get("/new").text)
    assert "Approved" in control(form, "status").options
    control(form, "name").value = "not-here"
    control(form, "intended_uses.risk_rating").value, control(form, "intended_uses.risk_rating").sent = "High", True
    review = sent(visitor, form, "go:review")
    assert "Approved" not in control(form_of(review.text), "status").options
    assert "Save and ask for review" in review.text
    model = visitor.get(review.url.removeprefix(governed.url).replace("/review", "/model")).text
    assert not [one for one in form_of(model).controls if one.name == "status" and "Approved" in one.options]


def test_a_new_card_begins_with_the_texts_of_a_template(console: Server) -> None:
    client, visitor = console.client(), Visitor(console.url)
    assert 'id="template"' not in visitor.get("/new").text
    content = {
        "model_overview": {"model_name": "m", "model_owner": "Risk", "model_artifact": ["s3://a/b"]},
        "evaluation_details": [{"name": "job"}],
        "additional_information": {"custom_details": {"a": "1.50"}},
    }
    client.create_model_card(
        ModelCardName="our-template",
        Content=json.dumps(content),
        ModelCardStatus="Draft",
        Tags=[{"Key": "cardwright:template", "Value": "For scores"}],
    )
    form = form_of(visitor.get("/new").text)
    assert control(form, "template").options == ["our-template"]
    control(form, "name").value = "from-template"
    control(form, "model_overview.model_owner").value = "Mine"
    answer = sent(visitor, form, "template")
    assert "Begun with the template our-template" in answer.text
    assert 'id="template"' not in answer.text
    assert sent(visitor, form_of(answer.text), "publish").status == 200
    made = json.loads(client.describe_model_card(ModelCardName="from-template")["Content"])
    assert made == {
        "model_overview": {"model_owner": "Mine"},
        "additional_information": {"custom_details": {"a": "1.50"}},
    }
    for name in ("our-template", "from-template"):
        client.delete_model_card(ModelCardName=name)


@pytest.mark.parametrize("name", ["fraud-classifier", "no-such-card", "../etc", ""])
def test_a_card_that_is_not_a_template_is_not_copied(console: Server, name: str) -> None:
    visitor = Visitor(console.url)
    visitor.get("/new")
    refused = visitor.post("/drafts", [("name", "kept-name"), ("template", name), ("do", "template")])
    assert (refused.status, 'value="kept-name"' in refused.text) == (422, True)
    draft = re.search(r'"(/drafts/[^"]+)/discard"', refused.text)
    assert draft is not None
    visitor.post(f"{draft[1]}/discard", [])


def test_the_description_of_a_package_fills_in(console: Server, tmp_path: Path) -> None:
    client, visitor = console.client(), Visitor(console.url)
    client.create_model_package(ModelPackageName="described", ModelPackageDescription="Ten classes, night shift")
    visitor.get("/new")
    page = visitor.post("/new/from", [("pick", "package:described")]).text
    assert control(form_of(page), "model_overview.model_description").value == "Ten classes, night shift"
    field = page[page.index('for="f-model_overview-model_description"') :][:400]
    assert "From registry" in field
    visitor.post(f"{form_of(page).action.rpartition('/')[0]}/discard", [])
    client.delete_model_package(ModelPackageName="described")
