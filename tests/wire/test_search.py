"""Search over model cards: what each operator finds, in which order, and what a search may not ask."""

import datetime
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.servers import Server
from tests.wire.calls import create, fresh, refused

GROUP = {"Name": "ModelPackageGroupName", "Operator": "Equals"}


class Portfolio:
    """Six cards of one group, each findable by a letter, so that tests see only their own cards."""

    def __init__(self, server: Server) -> None:
        self.client = server.client("searcher")
        self.group = fresh("grp")
        self.names: dict[str, str] = {}
        for letter, rating, model in (
            ("a", "High", "100%"),
            ("b", "Low", "under_score"),
            ("c", "High", "it's"),
            ("d", None, 'a "quoted", thing'),
            ("e", "Medium", None),
            ("f", None, None),
        ):
            document: dict[str, Any] = {"model_package_details": {"model_package_group_name": self.group}}
            if rating is not None:
                document["intended_uses"] = {"risk_rating": rating, "purpose_of_model": "not searchable"}
            if model is not None:
                document["model_overview"] = {"model_id": f"{self.group}/{model}", "model_name": letter}
            tags = [{"Key": "letter", "Value": letter}, {"Key": "team", "Value": "red" if letter in "ab" else "blue"}]
            self.names[letter] = create(
                self.client, f"{letter}-{fresh('s')}", json.dumps(document), Tags=tags if letter != "f" else []
            )
        self.client.update_model_card(ModelCardName=self.names["b"], ModelCardStatus="Approved")
        self.client.update_model_card(ModelCardName=self.names["c"], Content=json.dumps(document) + " ")

    def search(self, expression: dict[str, Any] | None = None, **how: Any) -> str:
        """The letters of the cards found in the group, in order."""
        parts = [{"Filters": [GROUP | {"Value": self.group}]}, *([expression] if expression else [])]
        answer = self.client.search(Resource="ModelCard", SearchExpression={"SubExpressions": parts}, **how)
        found = "".join(item["ModelCard"]["ModelCardName"][0] for item in answer["Results"])
        if "NextToken" not in answer and "NextToken" not in how:
            assert answer["TotalHits"] == {"Value": len(found), "Relation": "EqualTo"}
        return found

    def letters(self, name: str, operator: str, value: str | None = None) -> str:
        item = {"Name": name, "Operator": operator} | ({} if value is None else {"Value": value})
        return "".join(sorted(self.search({"Filters": [item]})))


@pytest.fixture(scope="module")
def portfolio(open_server: Server) -> Iterator[Portfolio]:
    made = Portfolio(open_server)
    yield made
    for name in made.names.values():
        made.client.delete_model_card(ModelCardName=name)


@pytest.mark.parametrize(
    ("name", "operator", "value", "letters"),
    [
        ("RiskRating", "Equals", "High", "a"),
        ("RiskRating", "Equals", "high", ""),
        ("RiskRating", "NotEquals", "High", "bcdef"),
        ("RiskRating", "Contains", "ig", "a"),
        ("RiskRating", "In", "High,Low", "ab"),
        ("RiskRating", "In", " Low , Medium", "be"),
        ("RiskRating", "Exists", None, "abe"),
        ("RiskRating", "NotExists", None, "cdf"),
        ("ModelId", "Contains", "%", "a"),
        ("ModelId", "Contains", "_", "b"),
        ("ModelId", "Contains", '"quoted", ', "d"),
        ("ModelId", "Contains", "THING", ""),
        ("ModelId", "NotExists", None, "cef"),
        ("Content", "Contains", "risk_rating", "abe"),
        ("Content", "Contains", "not searchable", ""),
        ("ModelCardStatus", "Equals", "Approved", "b"),
        ("ModelCardVersion", "Equals", "2", "c"),
        ("ModelCardVersion", "NotEquals", "2", "abdef"),
        ("ModelCardVersion", "GreaterThan", "1", "c"),
        ("ModelCardVersion", "GreaterThanOrEqualTo", "1.0", "abcdef"),
        ("ModelCardVersion", "GreaterThan", "1.5", "c"),
        ("ModelCardVersion", "LessThan", "2", "abdef"),
        ("ModelCardVersion", "LessThanOrEqualTo", "9e18", "abcdef"),
        ("ModelCardVersion", "GreaterThan", "-9e18", "abcdef"),
        ("ModelCardVersion", "Equals", "1.5", ""),
        ("ModelCardVersion", "Exists", None, "abcdef"),
        ("CreationTime", "LessThan", "2001-02-03T04:05:06", ""),
        ("CreationTime", "GreaterThanOrEqualTo", "2001-02-03T04:05:06", "abcdef"),
        ("CreationTime", "GreaterThan", "9999-12-31T23:59:59", ""),
        ("CreationTime", "NotEquals", "0001-01-01T00:00:00", "abcdef"),
        ("LastModifiedTime", "LessThanOrEqualTo", "9999-12-31T23:59:59Z", "abcdef"),
        ("CreatedBy.IamIdentity.Arn", "Contains", "user/searcher", "abcdef"),
        ("CreatedBy.UserProfileName", "Equals", "x", ""),
        ("CreatedBy.UserProfileName", "NotEquals", "x", "abcdef"),
        ("CreatedBy.UserProfileName", "Contains", "x", ""),
        ("CreatedBy.UserProfileName", "In", "x,y", ""),
        ("CreatedBy.UserProfileName", "NotExists", None, "abcdef"),
        ("SecurityConfig.KmsKeyId", "Exists", None, ""),
        ("Tags.letter", "Equals", "a", "a"),
        ("Tags.letter", "NotEquals", "a", "bcdef"),
        ("Tags.letter", "In", "a,b,z", "ab"),
        ("Tags.letter", "Contains", "c", "c"),
        ("Tags.letter", "NotExists", None, "f"),
        ("Tags.none", "Exists", None, ""),
    ],
)
def test_operators(portfolio: Portfolio, name: str, operator: str, value: str | None, letters: str) -> None:
    assert portfolio.letters(name, operator, value) == letters


def test_names_arns_and_model_ids_are_found_whole(portfolio: Portfolio) -> None:
    for letter, model in (("a", "100%"), ("b", "under_score"), ("d", 'a "quoted", thing')):
        assert portfolio.letters("ModelId", "Equals", f"{portfolio.group}/{model}") == letter
        assert portfolio.letters("ModelCardName", "Equals", portfolio.names[letter]) == letter
        arn = f"arn:aws:sagemaker:us-east-1:000000000000:model-card/{portfolio.names[letter]}"
        assert portfolio.letters("ModelCardArn", "Equals", arn) == letter


def test_a_time_without_a_fraction_means_its_second(portfolio: Portfolio) -> None:
    client = portfolio.client
    made = client.describe_model_card(ModelCardName=portfolio.names["e"])["CreationTime"]
    second = made.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S")
    assert "e" in portfolio.letters("CreationTime", "Equals", second)
    assert "e" not in portfolio.letters("CreationTime", "NotEquals", second)
    assert "e" not in portfolio.letters("CreationTime", "GreaterThan", second)


def test_nested_filters_hold_on_one_tag(portfolio: Portfolio) -> None:
    def nested(*pairs: tuple[str, str]) -> str:
        filters = [{"Name": f"Tags.{member}", "Operator": "Equals", "Value": value} for member, value in pairs]
        found = portfolio.search({"NestedFilters": [{"NestedPropertyName": "Tags", "Filters": filters}]})
        return "".join(sorted(found))

    assert nested(("Key", "team"), ("Value", "red")) == "ab"
    assert nested(("Key", "letter"), ("Value", "red")) == ""
    assert nested(("Value", "c")) == "c"


def test_parts_join_by_and_unless_or_is_asked(portfolio: Portfolio) -> None:
    high = {"Name": "RiskRating", "Value": "High"}
    red = {"Name": "Tags.team", "Value": "red"}
    draft = {"Name": "ModelCardStatus", "Value": "Draft"}
    assert sorted(portfolio.search({"Filters": [high, red]})) == ["a"]
    assert sorted(portfolio.search({"Filters": [high, red], "Operator": "Or"})) == ["a", "b"]
    inner = {"Filters": [high, red], "Operator": "Or"}
    assert sorted(portfolio.search({"Filters": [draft], "SubExpressions": [inner]})) == ["a"]


PROPERTIES = [
    *("ModelCardArn", "ModelCardName", "ModelCardVersion", "Content", "ModelCardStatus", "SecurityConfig.KmsKeyId"),
    *("CreationTime", "LastModifiedTime", "ModelId", "RiskRating", "ModelPackageGroupName", "Tags.letter"),
    *("CreatedBy.IamIdentity.Arn", "CreatedBy.DomainId", "LastModifiedBy.UserProfileName", "Tags.none"),
]


@pytest.mark.parametrize("name", PROPERTIES)
def test_pages_in_every_order_hold_each_card_once(portfolio: Portfolio, name: str) -> None:
    orders = []
    for order in ("Ascending", "Descending"):
        expression = {"Filters": [GROUP | {"Value": portfolio.group}]}
        asked = {"Resource": "ModelCard", "SearchExpression": expression, "SortBy": name, "SortOrder": order}
        whole = [item["ModelCard"]["ModelCardName"] for item in portfolio.client.search(**asked)["Results"]]
        pages = portfolio.client.get_paginator("search").paginate(**asked, PaginationConfig={"PageSize": 2})
        paged = [item["ModelCard"]["ModelCardName"] for page in pages for item in page["Results"]]
        assert paged == whole
        assert sorted(paged) == sorted(portfolio.names.values())
        having = set(portfolio.letters(name, "Exists"))
        valued, without = whole[: len(having)], whole[len(having) :]
        assert {found[0] for found in valued} == having, "cards without a value come last"
        orders.append((valued, without))
    assert [part[::-1] for part in orders[0]] == list(orders[1])


@pytest.mark.parametrize(
    ("asked", "letters"),
    [
        ({"Filters": [{"Name": "Tags.letter", "Operator": "Contains", "Value": "c"}]}, "c"),
        ({"Filters": [{"Name": "Tags.letter", "Operator": "NotEquals", "Value": "a"}]}, "bcdef"),
        ({"Filters": [{"Name": "Tags.team", "Operator": "NotEquals", "Value": "red"}]}, "cdef"),
        ({"Filters": [{"Name": "Tags.letter", "Operator": "NotExists"}]}, "f"),
        ({"Filters": [{"Name": "Tags.team", "Value": "red"}, {"Name": "ModelCardStatus", "Value": "Draft"}]}, "a"),
        (
            {"NestedFilters": [{"NestedPropertyName": "Tags", "Filters": [{"Name": "Tags.Value", "Value": "c"}]}]},
            "c",
        ),
        ({}, "abf"),
    ],
)
@pytest.mark.parametrize(("tag", "tagged"), [("Tags.letter", "abcde"), ("Tags.team", "abcde"), ("Tags.none", "")])
def test_conditions_on_tags_hold_in_the_order_of_a_tag(
    portfolio: Portfolio, asked: dict[str, Any], letters: str, tag: str, tagged: str
) -> None:
    # No index narrows the search to these names, so that it walks the order of the tag.
    names = {"Name": "ModelCardName", "Operator": "In", "Value": ",".join(portfolio.names.values())}
    parts = [{"Filters": [names]}, *([asked] if asked else [])]
    visible = {} if asked else {"VisibilityConditions": [{"Key": "Tags.team", "Value": "red"}]}
    orders = []
    for order in ("Ascending", "Descending"):
        pages = portfolio.client.get_paginator("search").paginate(
            Resource="ModelCard",
            SearchExpression={"SubExpressions": parts},
            SortBy=tag,
            SortOrder=order,
            **visible,
            PaginationConfig={"PageSize": 2},
        )
        found = [item["ModelCard"]["ModelCardName"][0] for page in pages for item in page["Results"]]
        assert "".join(sorted(found)) == letters
        count = sum(letter in tagged for letter in found)
        valued, without = found[:count], found[count:]
        assert set(valued) <= set(tagged), "cards without the tag come last"
        orders.append((valued, without))
    assert [part[::-1] for part in orders[0]] == list(orders[1])


def test_the_newest_change_comes_first_by_default(portfolio: Portfolio) -> None:
    assert portfolio.search()[:2] == "cb"


@pytest.mark.parametrize("name", ["Content", "ModelId"])
def test_long_sort_values_page_too(open_server: Server, name: str) -> None:
    client = open_server.client()
    group = fresh("long")
    for number in range(3):
        package = {"model_package_group_name": group, "model_package_arn": "\U0001f9ea" * 2000 + f"{group}{number}"}
        create(client, document=json.dumps({"model_package_details": package}))
    asked = {"Resource": "ModelCard", "SearchExpression": {"Filters": [GROUP | {"Value": group}]}, "SortBy": name}
    pages = client.get_paginator("search").paginate(**asked, PaginationConfig={"PageSize": 1})
    assert len({item["ModelCard"]["ModelCardName"] for page in pages for item in page["Results"]}) == 3


def test_visibility_keeps_records_without_the_tag_or_with_its_value(portfolio: Portfolio) -> None:
    condition = [{"Key": "Tags.team", "Value": "red"}]
    assert sorted(portfolio.search(VisibilityConditions=condition)) == ["a", "b", "f"]


def test_records_hold_metadata_and_tags_and_no_other_content(portfolio: Portfolio) -> None:
    expression = {"Filters": [{"Name": "ModelCardName", "Value": portfolio.names["a"]}]}
    (found,) = portfolio.client.search(Resource="ModelCard", SearchExpression=expression)["Results"]
    record = found["ModelCard"]
    assert json.loads(record["Content"]) == {
        "model_overview": {"model_id": f"{portfolio.group}/100%", "model_name": "a"},
        "intended_uses": {"risk_rating": "High"},
        "model_package_details": {"model_package_group_name": portfolio.group},
    }
    assert (record["RiskRating"], record["ModelPackageGroupName"]) == ("High", portfolio.group)
    assert record["Tags"] == [{"Key": "letter", "Value": "a"}, {"Key": "team", "Value": "red"}]


def test_a_packages_card_is_found_by_its_arn_as_model_id(open_server: Server) -> None:
    client = open_server.client()
    package = f"arn:aws:sagemaker:us-east-1:000000000000:model-package/{fresh('g')}/7"
    name = create(client, document=json.dumps({"model_package_details": {"model_package_arn": package}}))
    expression = {"Filters": [{"Name": "ModelId", "Operator": "Equals", "Value": package}]}
    (found,) = client.search(Resource="ModelCard", SearchExpression=expression)["Results"]
    assert (found["ModelCard"]["ModelCardName"], found["ModelCard"]["ModelId"]) == (name, package)


def test_suggestions_begin_with_the_hint(portfolio: Portfolio) -> None:
    def suggested(hint: str) -> list[str]:
        query = {"PropertyNameQuery": {"PropertyNameHint": hint}}
        answer = portfolio.client.get_search_suggestions(Resource="ModelCard", SuggestionQuery=query)
        return [item["PropertyName"] for item in answer["PropertyNameSuggestions"]]

    assert suggested("ModelCardN") == ["ModelCardName"]
    assert suggested("Tags.lett") == ["Tags.letter"]
    assert suggested("Nothing") == []


def _deep(levels: int) -> dict[str, Any]:
    expression: dict[str, Any] = {"Filters": [{"Name": "ModelId", "Value": "x"}]}
    for _ in range(levels):
        expression = {"SubExpressions": [expression]}
    return expression


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ({"Filters": [{"Name": "Nope", "Value": "x"}]}, "Unknown property name: Nope"),
        ({"Filters": [{"Name": "Tags.", "Operator": "Exists"}]}, "Unknown property name"),
        (
            {"Filters": [{"Name": "ModelId", "Operator": "Contains", "Value": "x"}] * 2},
            "'CONTAINS' operator usage limit of 1 exceeded.",
        ),
        ({"Filters": [{"Name": "ModelId", "Operator": "GreaterThan", "Value": "x"}]}, "text"),
        ({"Filters": [{"Name": "ModelCardVersion", "Operator": "Contains", "Value": "1"}]}, "text properties only"),
        ({"Filters": [{"Name": "ModelCardVersion", "Value": "one"}]}, "number"),
        *(
            ({"Filters": [{"Name": "ModelCardVersion", "Value": value}]}, "number")
            for value in ("nan", "1_000", "\uff11", " 1 ", "1e", ".")
        ),
        *(
            ({"Filters": [{"Name": "CreationTime", "Value": value}]}, "time")
            for value in ("yesterday", "2026-W01-1", "20260101", " 2026-01-01", "2026-01-01T25:00:00")
        ),
        ({"Filters": [{"Name": "Model.ModelCardName", "Value": "x"}]}, "Unknown property name: Model.ModelCardName"),
        ({"Filters": [{"Name": "ModelId"}]}, "needs a Value"),
        (
            {"NestedFilters": [{"NestedPropertyName": "CreatedBy", "Filters": [{"Name": "Tags.Key", "Value": "x"}]}]},
            "CreatedBy",
        ),
        ({"NestedFilters": [{"NestedPropertyName": "Tags", "Filters": [{"Name": "Nope", "Value": "x"}]}]}, "Nope"),
        ({}, "at least one"),
        ({"SubExpressions": [{"Filters": [{"Name": "ModelId", "Value": "x"}] * 17}] * 3}, "at most 50"),
        (_deep(51), "at most 50"),
    ],
)  # fmt: skip
def test_what_a_search_may_not_ask(open_server: Server, expression: dict[str, Any], text: str) -> None:
    with refused("ValidationException", text):
        open_server.client().search(Resource="ModelCard", SearchExpression=expression)


def test_fifty_parts_are_allowed(open_server: Server) -> None:
    parts = [{"Filters": [{"Name": "ModelId", "Value": "x"}] * count} for count in (20, 20, 7)]
    client = open_server.client()
    assert client.search(Resource="ModelCard", SearchExpression={"SubExpressions": parts})["Results"] == []


def test_unknown_sort_properties_and_other_resources_are_refused(open_server: Server) -> None:
    client = open_server.client()
    with refused("ValidationException", "Unknown property name: Nope"):
        client.search(Resource="ModelCard", SortBy="Nope")
    with refused("ValidationException"):
        client.search(Resource="Endpoint")


@pytest.mark.parametrize("condition", [{"Key": "team", "Value": "red"}, {"Key": "Tags.", "Value": "red"}, {}])
def test_visibility_is_about_tags(portfolio: Portfolio, condition: dict[str, str]) -> None:
    with refused("ValidationException", "such as Tags.team"):
        portfolio.client.search(Resource="ModelCard", VisibilityConditions=[condition])


def test_a_search_among_many_names_is_found_and_stays_small(portfolio: Portfolio) -> None:
    """As many parameters as PostgreSQL takes, and as SQLite finds quickly, are not needed for it."""
    many = ",".join([*(f"{number:x}" for number in range(180)), *portfolio.names.values()][-180:])
    group = {"Name": "ModelPackageGroupName", "Value": portfolio.group}
    within = [{"Name": "ModelCardName", "Operator": "In", "Value": many}] * 19
    listed = {
        "NestedPropertyName": "Tags",
        "Filters": [{"Name": "Key", "Operator": "In", "Value": "letter," * 140}] * 20,
    }
    answer = portfolio.client.search(
        Resource="ModelCard",
        SearchExpression={"Filters": [*within, group], "NestedFilters": [listed] * 20},
    )
    assert {result["ModelCard"]["ModelCardName"] for result in answer["Results"]} == {
        name for letter, name in portfolio.names.items() if letter != "f"
    }
