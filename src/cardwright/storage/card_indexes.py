"""Candidate cards of a search from the indexes, for :mod:`storage.finder`."""

from collections.abc import Iterable, Mapping

import orjson

from cardwright.core import search
from cardwright.core.card import model_key
from cardwright.core.search import Expression, Filter, NestedFilters, Operator
from cardwright.storage.engines.database import Connection
from cardwright.storage.narrowing import FEW, TRIGRAM, as_list, listed

_TRIGRAMS = 30  # trigrams of one text that are looked up

_CARDS = "SELECT card_id FROM cards WHERE account_id = :account AND {} LIMIT :few"
_EQUAL = {
    "ModelCardName": "name = :value",
    "ModelCardStatus": "status = :value",
    "RiskRating": "risk_rating = :value",
    "ModelPackageGroupName": "model_package_group_name = :value",
    "ModelId": "model_key = :value",
}
_TIMES = {"CreationTime": "created_at", "LastModifiedTime": "modified_at"}
_RANGES = {
    Operator.EQUALS: "{0} >= :first AND {0} <= :last",
    Operator.GREATER_THAN: "{0} > :last",
    Operator.GREATER_THAN_OR_EQUAL_TO: "{0} >= :first",
    Operator.LESS_THAN: "{0} < :first",
    Operator.LESS_THAN_OR_EQUAL_TO: "{0} <= :last",
}

_TAGGED = "SELECT resource_id FROM tags WHERE account_id = :account AND tag_key = :key {} LIMIT :few"

_IN_NAME = {
    "sqlite": "SELECT card_id FROM card_names WHERE name LIKE :pattern AND account_id = :account LIMIT :few",
    "postgresql": _CARDS.format("name LIKE :pattern"),
}
# Cards whose content is not indexed yet (``storage.card_texts``) may contain the text too.
_IN_METADATA = {
    "sqlite": """
        SELECT x.card_id FROM (
            SELECT rowid AS entry FROM card_metadata WHERE card_metadata MATCH :trigrams LIMIT :few) AS found
        CROSS JOIN card_texts x ON x.entry = found.entry WHERE x.account_id = :account
        UNION ALL SELECT * FROM (
            SELECT card_id FROM card_texts WHERE account_id = :account AND words IS NULL LIMIT :few)""",
    "postgresql": _CARDS.format("metadata LIKE :pattern"),
}


class CardIndexes:
    """Finds the cards of one account that may match an expression, through indexes."""

    def __init__(self, connection: Connection, account: str) -> None:
        self._connection = connection
        self._account = account

    def candidates(self, expression: Expression) -> set[str] | None:
        """Return the identifiers of at most ``FEW`` resources that include all matches; None without a suitable
        index."""
        parts: list[Filter | NestedFilters | Expression] = [
            *expression.filters,
            *expression.nested,
            *expression.sub_expressions,
        ]
        found = (self._part(part) for part in parts)
        return _union(found) if expression.any_of else next((few for few in found if few is not None), None)

    def _part(self, part: Filter | NestedFilters | Expression) -> set[str] | None:
        if isinstance(part, Expression):
            return self.candidates(part)
        if isinstance(part, NestedFilters):
            return self._nested(part)
        return self._filter(part)

    def _nested(self, nested: NestedFilters) -> set[str] | None:
        """Look up one tag by its key and perhaps its value."""
        wanted = {search.member_of(nested.property_name, item.name): item for item in nested.filters}
        key = wanted.get("Key")
        if nested.property_name != search.TAGS or key is None or key.operator is not Operator.EQUALS:
            return None
        value = wanted.get("Value", Filter("Value", Operator.EXISTS))
        return self._tag(key.value or "", value)

    def _filter(self, item: Filter) -> set[str] | None:
        name, text = item.name, item.value or ""
        if name.startswith(search.TAG_PREFIX):
            return self._tag(name.removeprefix(search.TAG_PREFIX), item)
        if name in _TIMES and item.operator in _RANGES:
            first, last = search.time_range(text)
            condition = _RANGES[item.operator].format(_TIMES[name])
            return self._few(_CARDS.format(condition), {"first": first, "last": last})
        if name in _EQUAL and item.operator is Operator.EQUALS:
            value = model_key(text) if name == "ModelId" else text
            return self._few(_CARDS.format(_EQUAL[name]), {"value": value})
        if item.operator is Operator.CONTAINS and len(text) >= TRIGRAM:
            return self._containing(name, text)
        return None

    def _containing(self, name: str, text: str) -> set[str] | None:
        engine = self._connection.engine
        if name == "ModelCardName":
            return self._few(_IN_NAME[engine], {"pattern": _pattern(text, engine)})
        if name not in {"Content", "ModelId"}:
            return None
        if name == "ModelId":  # the metadata contains it as JSON
            text = orjson.dumps(text).decode()[1:-1]
        return self._few(_IN_METADATA[engine], {"pattern": _pattern(text, engine), "trigrams": _match(text)})

    def _tag(self, key: str, item: Filter) -> set[str] | None:
        if item.operator is Operator.EXISTS:
            return self._few(_TAGGED.format(""), {"key": key})
        if item.operator is Operator.EQUALS:
            return self._few(_TAGGED.format("AND tag_value = :value"), {"key": key, "value": item.value or ""})
        if item.operator is Operator.IN:
            values = as_list([part.strip() for part in (item.value or "").split(",")])
            among = listed(self._connection.engine, "values")
            return self._few(_TAGGED.format(f"AND tag_value IN ({among})"), {"key": key, "values": values})
        return None

    def _few(self, sql: str, parameters: Mapping[str, object]) -> set[str] | None:
        found = self._connection.rows(sql, {"account": self._account, "few": FEW + 1, **parameters})
        return {identifier for (identifier,) in found} if len(found) <= FEW else None


def _union(parts: Iterable[set[str] | None]) -> set[str] | None:
    found: set[str] = set()
    for part in parts:
        if part is None or len(found := found | part) > FEW:
            return None
    return found


def _pattern(text: str, engine: str) -> str:
    """Return a LIKE pattern for a contained text; on SQLite ``%`` becomes a wildcard: an index allows no ESCAPE."""
    if engine == "sqlite":
        return "%" + text.replace("%", "_") + "%"
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _match(text: str) -> str:
    """Return the FTS5 expression for the texts that contain all trigrams of this one."""
    trigrams = dict.fromkeys(text[start : start + TRIGRAM] for start in range(len(text) - TRIGRAM + 1))
    return " AND ".join('"' + part.replace('"', '""') + '"' for part in list(trigrams)[:_TRIGRAMS])
