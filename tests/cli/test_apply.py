"""`cardwright apply` with files in every form, on a real store."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cardwright import Session
from cardwright.interchange.cloudformation import content_of, properties_of
from tests.cli.commands import run_text

CONTENT = {"model_overview": {"model_description": "Finds fraud"}, "intended_uses": {"risk_rating": "High"}}
CARD = """\
name: fraud-classifier
status: PendingReview
tags: {team: risk}
content:
  model_overview:
    model_description: Finds fraud
  intended_uses: {risk_rating: High}
"""
TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub "${AWS::StackName}-bucket"}
  Card:
    Type: AWS::SageMaker::ModelCard
    Properties:
      ModelCardName: templated
      ModelCardStatus: Draft
      Content:
        ModelOverview: {ModelDescription: "no", ModelVersion: 2}
        AdditionalInformation: {CustomDetails: {Any key_1: kept}}
      Tags: [{Key: team, Value: risk}]
"""


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("empty")
    with Session(home=home) as session:
        session.sagemaker_client.list_model_cards()
    return home


@pytest.fixture
def client(empty: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of the store that the command uses too."""
    shutil.copytree(empty, tmp_path / "home")
    monkeypatch.setenv("CARDWRIGHT_HOME", str(tmp_path / "home"))
    with Session(home=tmp_path / "home") as session:
        yield session.sagemaker_client


@pytest.fixture
def cards(tmp_path: Path) -> Path:
    (tmp_path / "cards" / "more").mkdir(parents=True)
    (tmp_path / "cards" / "fraud.yaml").write_text(CARD)
    (tmp_path / "cards" / "more" / "template.yml").write_text(TEMPLATE)
    (tmp_path / "cards" / "only-content.json").write_text(json.dumps(CONTENT))
    several = {"cards": [{"name": "one", "content": {}}, {"name": "two", "content": CONTENT}]}
    (tmp_path / "cards" / "several.json").write_text(json.dumps(several))
    (tmp_path / "cards" / "README.md").write_text("# Cards")
    return tmp_path / "cards"


def apply(*arguments: str, code: int = 0) -> dict[str, Any]:
    ended = run_text("apply", *arguments, "--json")
    assert ended.returncode == code, ended.stdout + ended.stderr
    return {change["name"]: change for change in json.loads(ended.stdout)}


def actions(changes: dict[str, Any]) -> dict[str, str]:
    return {name: change["action"] for name, change in changes.items()}


def test_cards_become_as_their_files_declare_them(client: Any, cards: Path) -> None:
    assert set(actions(apply("-f", str(cards), "--check", code=1)).values()) == {"create"}
    assert client.list_model_cards()["ModelCardSummaries"] == []
    apply("-f", str(cards))
    card = client.describe_model_card(ModelCardName="fraud-classifier")
    assert (json.loads(card["Content"]), card["ModelCardStatus"]) == (CONTENT, "PendingReview")
    assert client.list_tags(ResourceArn=card["ModelCardArn"])["Tags"] == [{"Key": "team", "Value": "risk"}]
    templated = json.loads(client.describe_model_card(ModelCardName="templated")["Content"])
    assert templated["model_overview"] == {"model_description": "no", "model_version": 2}
    assert templated["additional_information"] == {"custom_details": {"Any key_1": "kept"}}
    assert json.loads(client.describe_model_card(ModelCardName="only-content")["Content"]) == CONTENT
    assert set(actions(apply("-f", str(cards), "--check")).values()) == {"equal"}


def test_only_what_differs_changes(client: Any, cards: Path) -> None:
    apply("-f", str(cards))
    client.update_model_card(ModelCardName="fraud-classifier", ModelCardStatus="Approved")
    (cards / "fraud.yaml").write_text(CARD.replace("Finds fraud", "Finds more").replace("team: risk", "team: other"))
    changes = apply("-f", str(cards))
    assert {name for name, change in changes.items() if change["action"] == "update"} == {"fraud-classifier"}
    card = client.describe_model_card(ModelCardName="fraud-classifier")
    assert (card["ModelCardVersion"], card["ModelCardStatus"]) == (2, "PendingReview")


def test_a_status_and_tags_that_a_file_leaves_out_stay(client: Any, cards: Path) -> None:
    apply("-f", str(cards / "only-content.json"))
    client.update_model_card(ModelCardName="only-content", ModelCardStatus="Archived")
    arn = client.describe_model_card(ModelCardName="only-content")["ModelCardArn"]
    client.add_tags(ResourceArn=arn, Tags=[{"Key": "a", "Value": "b"}])
    (cards / "only-content.json").write_text('{"business_details": {}}')
    apply("-f", str(cards / "only-content.json"))
    card = client.describe_model_card(ModelCardName="only-content")
    assert (card["ModelCardVersion"], card["ModelCardStatus"]) == (2, "Archived")
    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "a", "Value": "b"}]


def test_prune_deletes_only_cards_of_the_set(client: Any, cards: Path) -> None:
    client.create_model_card(ModelCardName="by-hand", Content="{}", ModelCardStatus="Draft")
    apply("-f", str(cards), "--set", "team")
    (cards / "several.json").unlink()
    assert actions(apply("-f", str(cards), "--set", "team", "--prune", "--plan"))["two"] == "delete"
    assert run_text("apply", "-f", str(cards), "--set", "team", "--prune").returncode == 1  # no answer
    apply("-f", str(cards), "--set", "team", "--prune", "--yes")
    left = {card["ModelCardName"] for card in client.list_model_cards()["ModelCardSummaries"]}
    assert left == {"by-hand", "fraud-classifier", "templated", "only-content"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (CARD.replace("PendingReview", "Done"), "the status 'Done' is unknown"),
        (CARD.replace("fraud-classifier", "fraud classifier"), "is not a card name"),
        (CARD.replace("risk_rating: High", "risk_rating: Huge"), "the content of fraud-classifier is not valid"),
        (CARD.replace("team: risk", "team: 1"), "tags.team is not a text"),
        (CARD.replace("tags:", "tag:"), "'tag' is not a member of a card file"),
        (TEMPLATE.replace("templated", "!Ref Name"), "Ref has no value outside CloudFormation"),
        (TEMPLATE.replace("ModelDescription", "Describes"), "ModelOverview.Describes: a CloudFormation model card has"),
        ("name: [", "This is not YAML"),
        ("", "The file is empty"),
        ("Resources: {}", "the file declares no model card"),
        ("cards: null", "cards is not a list"),
        ("name:\ncontent: {}", "name is missing"),
        (
            '{"name": "a", "content": {"model_overview": {"model_version": NaN}}}',
            "content.model_overview.model_version is NaN",
        ),
        (TEMPLATE.replace("[{Key: team, Value: risk}]", "[x]"), "Card.Tags.0 is not an object"),
        (TEMPLATE.replace("[{Key: team, Value: risk}]", "5"), "Card.Tags is not a list"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_nothing_is_written(
    client: Any, cards: Path, text: str, message: str
) -> None:
    (cards / "wrong.yaml").write_text(text)
    (cards / "fraud.yaml").unlink()
    (cards / "more" / "template.yml").unlink()
    ended = run_text("apply", "-f", str(cards))
    assert ended.returncode == 2
    assert "wrong.yaml: " in ended.stderr
    assert message in ended.stderr
    assert client.list_model_cards()["ModelCardSummaries"] == []


def test_a_check_that_cannot_be_made_is_not_taken_for_a_difference(cards: Path) -> None:
    ended = run_text("apply", "-f", str(cards), "--check", "--endpoint-url", "http://127.0.0.1:9")
    assert ended.returncode == 2
    assert ended.stderr.startswith("cardwright: No answer from http://127.0.0.1:9: ")


def test_two_files_cannot_declare_one_card(client: Any, cards: Path) -> None:
    shutil.copy(cards / "fraud.yaml", cards / "again.yaml")
    assert "is declared in" in run_text("apply", "-f", str(cards)).stderr
    assert run_text("apply", "-f", str(cards), "--prune").returncode == 2


def test_an_exported_template_is_applied_without_a_change(client: Any, cards: Path, tmp_path: Path) -> None:
    for file in ("fraud-classifier.json", "waste-sorter-vision.json"):
        example = json.loads((Path(__file__).parents[2] / "src/cardwright/examples" / file).read_text())
        content = next(step["content"] for step in reversed(example["steps"]) if "content" in step)
        client.create_model_card(ModelCardName=example["name"], Content=json.dumps(content), ModelCardStatus="Draft")
        exported = tmp_path / f"{example['name']}.template.json"
        assert run_text("card", "export", example["name"], "--output", str(exported)).returncode == 0
        assert actions(apply("-f", str(exported), "--check")) == {example["name"]: "equal"}
        assert content_of(properties_of(content)) == content


def test_yaml_of_a_card_keeps_texts_that_yaml_1_1_reads_as_other_values(client: Any, tmp_path: Path) -> None:
    content = {"additional_information": {"custom_details": {"a": "no", "b": "010", "c": "1:30", "d": "2026-01-01"}}}
    path = tmp_path / "words.yaml"
    path.write_text(yaml.safe_dump({"name": "words", "content": content}))
    apply("-f", str(path))
    assert json.loads(client.describe_model_card(ModelCardName="words")["Content"]) == content


def test_a_template_that_cdk_wrote_is_applied(client: Any, tmp_path: Path) -> None:
    """The JSON in cdk.out has parameters, conditions, rules and metadata of CDK around the resource."""
    template = {
        "Resources": {
            "Card": {
                "Type": "AWS::SageMaker::ModelCard",
                "Properties": {
                    "Content": {
                        "ModelOverview": {"ModelDescription": "Finds fraud", "ModelVersion": 3},
                        "IntendedUses": {"RiskRating": "High"},
                        "TrainingDetails": {
                            "TrainingJobDetails": {
                                "HyperParameters": [{"Name": "C", "Value": "0.5"}],
                                "UserProvidedTrainingMetrics": [{"Name": "auc", "Value": 0.9}],
                            }
                        },
                        "EvaluationDetails": [
                            {
                                "Name": "test",
                                "MetricGroups": [
                                    {
                                        "Name": "quality",
                                        "MetricData": [{"Name": "auc", "Type": "number", "Value": 0.9}],
                                    }
                                ],
                            }
                        ],
                    },
                    "ModelCardName": "from-cdk",
                    "ModelCardStatus": "Draft",
                    "Tags": [{"Key": "team", "Value": "risk"}],
                },
                "Metadata": {"aws:cdk:path": "CardStack/Card"},
            },
            "CDKMetadata": {
                "Type": "AWS::CDK::Metadata",
                "Properties": {"Analytics": "v2:deflate64:H4sI"},
                "Condition": "CDKMetadataAvailable",
            },
        },
        "Conditions": {"CDKMetadataAvailable": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}},
        "Parameters": {
            "BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/version"}
        },
        "Rules": {
            "CheckBootstrapVersion": {"Assertions": [{"Assert": {"Fn::Not": [{"Ref": "BootstrapVersion"}]}}]},
        },
    }
    file = tmp_path / "CardStack.template.json"
    file.write_text(json.dumps(template))
    assert actions(apply("-f", str(file))) == {"from-cdk": "create"}
    card = client.describe_model_card(ModelCardName="from-cdk")
    content = json.loads(card["Content"])
    assert content["model_overview"] == {"model_description": "Finds fraud", "model_version": 3}
    assert content["evaluation_details"][0]["metric_groups"][0]["metric_data"][0]["value"] == 0.9
    assert client.list_tags(ResourceArn=card["ModelCardArn"])["Tags"] == [{"Key": "team", "Value": "risk"}]
    assert actions(apply("-f", str(file), "--check")) == {"from-cdk": "equal"}
