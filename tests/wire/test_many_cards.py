"""A store of a hundred thousand cards: everything is found, and nothing that lists is slow."""

import itertools
import json
import subprocess
from pathlib import Path

import pytest

from cardwright.server.app import build
from cardwright.settings import Settings
from tests import servers
from tests.servers import CARDWRIGHT, Server
from tests.wire.test_fuzz import call

CARDS = 100_000


def fill(home: Path) -> None:
    application = build(Settings(home=home))
    application.store.database.gather_commits()
    try:
        for number in range(CARDS):
            content = json.dumps(
                {
                    "model_overview": {"model_id": f"model-{number}", "model_name": f"model {number % 100}"},
                    "intended_uses": {"risk_rating": ("Low", "Medium", "High")[number % 3]},
                }
            )
            status = "Approved" if number % 1000 == 0 else "Draft"
            card = {"ModelCardName": f"card-{number:06d}", "Content": content, "ModelCardStatus": status}
            assert call(application, "CreateModelCard", json.dumps(card).encode()) == 200
    finally:
        application.close()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> "Server":
    home = tmp_path_factory.mktemp("many")
    fill(home)
    return servers.start(home)


@pytest.mark.long
def test_a_hundred_thousand_cards_are_listed_found_and_verified(full: Server) -> None:
    client = full.client()
    try:
        pages = client.get_paginator("list_model_cards").paginate(PaginationConfig={"PageSize": 100})
        names = []
        for page in pages:
            names += [card["ModelCardName"] for card in page["ModelCardSummaries"]]
        assert names == [f"card-{number:06d}" for number in range(CARDS)]

        questions = {
            "the last by name": ({"SortBy": "Name", "SortOrder": "Descending"}, "card-099999"),
            "part of a name": ({"NameContains": "77777"}, "card-077777"),
            "a rare status": ({"ModelCardStatus": "Approved", "SortOrder": "Descending"}, "card-099000"),
        }
        for what, (question, first) in questions.items():
            found = client.list_model_cards(MaxResults=100, **question)["ModelCardSummaries"]
            assert found[0]["ModelCardName"] == first, what
        client.describe_model_card(ModelCardName="card-050000")
        hit = client.search(
            Resource="ModelCard",
            SearchExpression={"Filters": [{"Name": "ModelId", "Operator": "Equals", "Value": "model-4242"}]},
        )
        assert [record["ModelCard"]["ModelCardName"] for record in hit["Results"]] == ["card-004242"]

        risky = {"Filters": [{"Name": "RiskRating", "Operator": "Equals", "Value": "High"}]}
        first = client.search(Resource="ModelCard", SearchExpression=risky, MaxResults=100)
        assert first["TotalHits"]["Value"] > 100
        seen = [record["ModelCard"]["ModelCardName"] for record in first["Results"]]
        for _ in itertools.repeat(None, 5):
            first = client.search(
                Resource="ModelCard", SearchExpression=risky, MaxResults=100, NextToken=first["NextToken"]
            )
            seen += [record["ModelCard"]["ModelCardName"] for record in first["Results"]]
        assert len(set(seen)) == 600
    finally:
        full.stop()
    verified = subprocess.run([CARDWRIGHT, "verify", *full.store_options], check=False, capture_output=True)
    assert verified.returncode == 0, verified.stdout
