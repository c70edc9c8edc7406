"""A card that names only a package version is a card of that version's group, wherever groups are looked at."""

import json
from typing import Any

from cardwright import Session
from cardwright.model_card import ModelCard
from cardwright.model_card.model_package import ModelPackage
from tests.servers import Server
from tests.wire.calls import create, fresh, request
from tests.wire.test_packages import group, version


def of_package(arn: str, **sections: object) -> str:
    return json.dumps({"model_package_details": {"model_package_arn": arn}, **sections})


def found(client: Any, name: str) -> list[str]:
    wanted = {"Filters": [{"Name": "ModelPackageGroupName", "Operator": "Equals", "Value": name}]}
    results = client.search(Resource="ModelCard", SearchExpression=wanted)["Results"]
    assert all(result["ModelCard"]["ModelPackageGroupName"] == name for result in results)
    return sorted(result["ModelCard"]["ModelCardName"] for result in results)


def test_search_and_pages_find_a_card_that_names_only_the_version(open_server: Server) -> None:
    client = open_server.client()
    name = group(client)
    arns = [version(client, name) for _ in range(3)]
    first = create(client, document=of_package(arns[0]))
    second = create(client, document=json.dumps({"model_overview": {"model_id": arns[1]}}))
    create(client, document=of_package(arns[0].replace(name, fresh("other"))))
    assert found(client, name) == sorted([first, second])
    here = {"Host": "localhost"}
    cards = request(open_server, "GET", f"/cards?group={name}", b"", here).body.decode()
    assert f'href="/cards/{first}?list=' in cards
    assert f'href="/cards/{second}?list=' in cards
    page = request(open_server, "GET", f"/groups/{name}", b"", here).body.decode()
    assert f'href="/cards/{first}"' in page
    assert f'href="/cards/{second}"' in page
    assert "<dt>Cards in the group</dt><dd>2</dd>" in page
    uncarded = request(open_server, "GET", f"/groups/{name}?card=none", b"", here).body.decode()
    assert (f"/packages/{name}/3" in uncarded, f"/packages/{name}/2" in uncarded) == (True, False)


def test_an_update_moves_a_card_to_the_group_of_its_new_version(open_server: Server) -> None:
    client = open_server.client()
    names = [group(client), group(client)]
    arns = [version(client, name) for name in names]
    card = create(client)
    for arn, name in zip(arns, names, strict=True):
        client.update_model_card(ModelCardName=card, Content=of_package(arn))
        assert [found(client, one) for one in names] == [[card] if one == name else [] for one in names]
    client.update_model_card(ModelCardName=card, Content="{}")
    assert [found(client, one) for one in names] == [[], []]


def test_a_new_card_takes_over_from_a_card_that_names_only_its_version(open_server: Server) -> None:
    client, session = open_server.client(), Session(open_server.url)
    name = group(client)
    arns = [version(client, name) for _ in range(3)]
    create(client, document=of_package(arns[2], business_details={"business_problem": "third"}))
    create(client, document=of_package(arns[0], business_details={"business_problem": "first"}))
    package = ModelPackage.from_model_package_arn(arns[1], session)
    card = ModelCard(name=fresh("takes-over"), model_package_details=package, sagemaker_session=session)
    card.create()
    assert card.business_details is not None
    assert card.business_details.business_problem == "first"
    alone = ModelPackage(model_package_arn=arns[1])
    source = alone.card_to_inherit_from(session, new_card=card.name)
    assert source is not None
    assert json.loads(client.describe_model_card(ModelCardName=source)["Content"])["business_details"] == {
        "business_problem": "first"
    }
