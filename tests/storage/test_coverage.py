"""Promises of coverage and discovery, on each engine, through the actions."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from cardwright.actions.cards import create_card, update_card
from cardwright.actions.coverage import cards_about, list_groups, list_uncarded
from cardwright.actions.discovery import discover_model, discover_package, discover_training_job, processing_jobs_of
from cardwright.actions.packages import create_package, describe_package
from cardwright.actions.registry import create_resource, describe_resource, list_resources
from cardwright.core.card import Status
from cardwright.core.errors import Invalid
from cardwright.core.json_value import object_at
from cardwright.core.listing import Page, Position, ResourceQuery, ResourceSort
from cardwright.core.names import Scope
from cardwright.core.people import Actor, Role
from cardwright.core.registry import Resource, ResourceKind
from cardwright.server.stores import open_store
from cardwright.settings import Settings
from cardwright.storage.store import Store
from tests.storage.walks import there_and_back

SCOPE = Scope("us-east-1", "000000000000")
ME = Actor(SCOPE, "me", Role.ADMIN)
ABROAD = Actor(Scope("us-east-1", "111111111111"), "me", Role.ADMIN)
ARTIFACT = "s3://bucket/model.tar.gz"


@pytest.fixture
def store(store_settings: Settings) -> Iterator[Store]:
    store = open_store(store_settings)
    yield store
    store.close()


def model(store: Store, name: str, actor: Actor = ME) -> None:
    with store.open_unit(actor) as unit:
        document = {"PrimaryContainer": {"Image": "image", "ModelDataUrl": ARTIFACT}}
        create_resource(unit, ResourceKind.MODEL, name, document)


def version(store: Store, group: str, actor: Actor = ME, **document: Any) -> None:
    with store.open_unit(actor) as unit:
        if not list_resources(unit, ResourceKind.GROUP, ResourceQuery(name=group, limit=1)).items:
            create_resource(unit, ResourceKind.GROUP, group, {})
        create_package(unit, None, group, document)


def card(store: Store, name: str, content: dict[str, Any], actor: Actor = ME) -> None:
    with store.open_unit(actor) as unit:
        create_card(unit, name, json.dumps(content), Status.DRAFT)


def of_version(group: str, number: int, **sections: Any) -> dict[str, Any]:
    arn = SCOPE.arn(ResourceKind.PACKAGE, f"{group}/{number}")
    return {"model_package_details": {"model_package_arn": arn, "model_package_group_name": group}} | sections


def uncarded(store: Store, kind: ResourceKind, actor: Actor = ME, **asked: Any) -> list[str]:
    with store.open_unit(actor, writes=False) as unit:
        return [item.path for item in list_uncarded(unit, kind, ResourceQuery(**asked)).items]


def found(store: Store, kind: ResourceKind, paths: list[str]) -> list[Resource]:
    with store.open_unit(ME, writes=False) as unit:
        find = (
            describe_package if kind is ResourceKind.PACKAGE else lambda unit, path: describe_resource(unit, kind, path)
        )
        return [find(unit, path) for path in paths]


def test_a_model_has_the_card_that_names_its_arn_or_else_its_name(store: Store) -> None:
    for name in ("by-arn", "by-name", "by-both", "bare"):
        model(store, name)
    card(store, "one", {"model_overview": {"model_id": SCOPE.arn(ResourceKind.MODEL, "by-arn")}})
    card(store, "two", {"model_overview": {"model_name": "by-name"}})
    card(store, "three", {"model_overview": {"model_id": SCOPE.arn(ResourceKind.MODEL, "by-both")}})
    card(store, "four", {"model_overview": {"model_name": "by-both"}})
    models = found(store, ResourceKind.MODEL, ["by-arn", "by-name", "by-both", "bare"])
    with store.open_unit(ME, writes=False) as unit:
        cards = cards_about(unit, models)
        assert [cards[item.resource_id].name for item in models[:3]] == ["one", "two", "three"]
        assert models[3].resource_id not in cards
        assert cards_about(unit, models[:1], without="one") == {}
        assert cards_about(unit, []) == {}
    assert uncarded(store, ResourceKind.MODEL) == ["bare"]


def test_versions_without_a_card_are_listed_page_by_page(store: Store) -> None:
    for _ in range(7):
        version(store, "fraud")
    version(store, "fraud-2")
    card(store, "second", of_version("fraud", 2))
    card(store, "fifth", {"model_overview": {"model_id": SCOPE.arn(ResourceKind.PACKAGE, "fraud/5")}})
    asked: dict[str, Any] = {"name": "fraud", "versioned": True, "sort_by": ResourceSort.NAME, "limit": 2}

    def read(after: Position | None, before: Position | None) -> Page[Resource]:
        with store.open_unit(ME, writes=False) as unit:
            return list_uncarded(unit, ResourceKind.PACKAGE, ResourceQuery(**asked, after=after, before=before))

    pages = [[item.version for item in page] for page in there_and_back(read)]
    assert pages == [[1, 3], [4, 6], [7]]
    assert uncarded(store, ResourceKind.PACKAGE, name_contains="FRAUD-2") == ["fraud-2/1"]
    with store.open_unit(ME) as unit:
        update_card(unit, "second", json.dumps(of_version("fraud", 3)), None)
    assert uncarded(store, ResourceKind.PACKAGE, name="fraud", limit=2) == ["fraud/1", "fraud/2"]


def test_groups_show_their_numbers_and_their_newest_version(store: Store) -> None:
    with store.open_unit(ME) as unit:
        create_resource(unit, ResourceKind.GROUP, "empty", {})
    for _ in range(11):
        version(store, "fraud")
    card(store, "tenth", of_version("fraud", 10))
    with store.open_unit(ME, writes=False) as unit:
        lines = list_groups(unit, ResourceQuery(sort_by=ResourceSort.NAME)).items
    found = [(line.group.name, line.versions, line.cards, line.newest and line.newest.version) for line in lines]
    assert found == [("empty", 0, 0, None), ("fraud", 11, 1, 11)]


def test_nothing_of_another_account_is_seen_or_counted(store: Store) -> None:
    model(store, "own")
    version(store, "fraud")
    model(store, "own", ABROAD)
    version(store, "fraud", ABROAD)
    card(store, "theirs", {"model_overview": {"model_id": SCOPE.arn(ResourceKind.MODEL, "own")}}, ABROAD)
    card(store, "theirs-too", of_version("fraud", 1, intended_uses={"purpose_of_model": "secret"}), ABROAD)
    assert uncarded(store, ResourceKind.MODEL) == ["own"]
    assert uncarded(store, ResourceKind.PACKAGE) == ["fraud/1"]
    with store.open_unit(ME, writes=False) as unit:
        assert cards_about(unit, [describe_resource(unit, ResourceKind.MODEL, "own")]) == {}
        assert [line.cards for line in list_groups(unit, ResourceQuery()).items] == [0]
        assert discover_package(unit, "fraud/1").inherited_from is None
    with store.open_unit(ABROAD, writes=False) as unit, pytest.raises(Invalid):
        discover_model(unit, "unknown")


def test_a_model_provides_name_arn_artifacts_containers_and_creator(store: Store) -> None:
    model(store, "fraud")
    with store.open_unit(ME, writes=False) as unit:
        content = discover_model(unit, "fraud").content
    assert content == {
        "model_overview": {
            "model_name": "fraud",
            "model_id": SCOPE.arn(ResourceKind.MODEL, "fraud"),
            "model_artifact": [ARTIFACT],
            "inference_environment": {"container_image": ["image"]},
            "model_creator": "me",
        }
    }


def test_a_package_provides_facts_job_reports_and_inherited_sections(store: Store) -> None:
    with store.open_unit(ME) as unit:
        document = {
            "ModelArtifacts": {"S3ModelArtifacts": ARTIFACT},
            "HyperParameters": {"eta": "0.1"},
            "InputDataConfig": [
                {"ChannelName": name, "DataSource": {"S3DataSource": {"S3Uri": "s3://data/train"}}} for name in "ab"
            ],
        }
        create_resource(unit, ResourceKind.TRAINING_JOB, "run", document, status="Completed")
    version(store, "fraud")
    version(
        store,
        "fraud",
        InferenceSpecification={"Containers": [{"Image": "image", "ModelDataUrl": ARTIFACT}]},
        ModelMetrics={"Bias": {"Report": {"S3Uri": "s3://reports/bias.json", "ContentType": "application/json"}}},
        ModelCard={"ModelCardContent": '{"training_details":{"training_observations":"seen"}}'},
    )
    version(store, "fraud")
    card(store, "first", of_version("fraud", 1, intended_uses={"purpose_of_model": "first"}))
    card(store, "third", of_version("fraud", 3, intended_uses={"purpose_of_model": "third"}))
    with store.open_unit(ME, writes=False) as unit:
        known = discover_package(unit, "fraud/2")
        assert discover_package(unit, "fraud/2", new_card="first").inherited_from == "third"
        assert discover_package(unit, "fraud/1").job is None
        run = discover_training_job(unit, "run")
    details = object_at(known.content, "model_package_details")
    assert (details["model_package_group_name"], details["model_package_version"]) == ("fraud", 2)
    assert details["inference_specification"] == {"containers": [{"image": "image", "model_data_url": ARTIFACT}]}
    assert known.content["model_overview"] == {
        "model_creator": "me",
        "model_version": 2,
        "model_artifact": [ARTIFACT],
        "inference_environment": {"container_image": ["image"]},
    }
    assert (known.inherited_from, known.inherited) == ("first", {"intended_uses": {"purpose_of_model": "first"}})
    assert [source.s3_uri for source in known.reports] == ["s3://reports/bias.json"]
    assert known.own_card == {"training_details": {"training_observations": "seen"}}
    assert known.job == run
    job = object_at(run.content, "training_details", "training_job_details")
    assert job["hyper_parameters"] == [{"name": "eta", "value": "0.1"}]
    assert job["training_datasets"] == ["s3://data/train"]


def test_a_package_knows_the_recorded_jobs_that_its_cards_evaluations_name(store: Store) -> None:
    with store.open_unit(ME) as unit:
        for name in ("quality", "bias", "other"):
            create_resource(unit, ResourceKind.PROCESSING_JOB, name, {}, status="Completed")
        create_resource(unit, ResourceKind.TRAINING_JOB, "run", {}, status="Completed")

    def evaluated(*arns: object) -> dict[str, Any]:
        return {"evaluation_details": [{"name": "e"}, *({"name": "e", "evaluation_job_arn": arn} for arn in arns)]}

    elsewhere = SCOPE.arn(ResourceKind.PROCESSING_JOB, "other").replace(SCOPE.account, "111111111111")
    quality, bias = (SCOPE.arn(ResourceKind.PROCESSING_JOB, name) for name in ("quality", "bias"))
    strange = ("run of Tuesday", "\x00", elsewhere, SCOPE.arn(ResourceKind.TRAINING_JOB, "run"), f"{quality}\x00", "")
    own = json.dumps(evaluated(bias, SCOPE.arn(ResourceKind.PROCESSING_JOB, "never-recorded")))
    version(store, "fraud", ModelCard={"ModelCardContent": own})
    version(store, "fraud", ModelCard={"ModelCardContent": '{"evaluation_details": []}'})
    card(store, "first", of_version("fraud", 1, **evaluated(quality, *strange, bias)))
    with store.open_unit(ME, writes=False) as unit:
        first, second = (describe_package(unit, f"fraud/{number}") for number in (1, 2))
        assert [job.name for job in processing_jobs_of(unit, first, "first")] == ["bias", "quality"]
        assert [job.name for job in processing_jobs_of(unit, first, None)] == ["bias"]
        assert processing_jobs_of(unit, second, None) == []


def test_two_jobs_of_one_artifact_leave_the_choice_to_a_person(store: Store) -> None:
    with store.open_unit(ME) as unit:
        for name in ("run-1", "run-2"):
            document = {"ModelArtifacts": {"S3ModelArtifacts": ARTIFACT}}
            create_resource(unit, ResourceKind.TRAINING_JOB, name, document, status="Completed")
    version(store, "fraud", InferenceSpecification={"Containers": [{"Image": "i", "ModelDataUrl": ARTIFACT}]})
    with store.open_unit(ME, writes=False) as unit:
        assert discover_package(unit, "fraud/1").job is None


def test_a_model_made_from_a_package_has_the_packages_facts(store: Store) -> None:
    version(store, "fraud", InferenceSpecification={"Containers": [{"Image": "image", "ModelDataUrl": ARTIFACT}]})
    arn = SCOPE.arn(ResourceKind.PACKAGE, "fraud/1")
    gone, elsewhere = SCOPE.arn(ResourceKind.PACKAGE, "gone/1"), ABROAD.scope.arn(ResourceKind.PACKAGE, "fraud/1")
    containers = [{"ModelPackageName": name} for name in (arn, gone, elsewhere)]
    with store.open_unit(ME) as unit:
        create_resource(unit, ResourceKind.MODEL, "from-package", {"Containers": containers})
    with store.open_unit(ME, writes=False) as unit:
        overview = object_at(discover_model(unit, "from-package").content, "model_overview")
    assert overview["model_artifact"] == [ARTIFACT]
    assert overview["inference_environment"] == {"container_image": ["image"]}
