"""Exports a card as a CloudFormation template with one resource."""

import orjson

from cardwright.core.content import parse
from cardwright.core.json_value import object_at
from cardwright.formats.record import CardRecord
from cardwright.interchange.cloudformation import logical_id, resource


def print_template(record: CardRecord) -> bytes:
    """Return a template in indented UTF-8 JSON. It has no tags, because a card's record has none.

    Raises:
        Invalid: the content has a member that the resource type does not have. Names its place.
    """
    card = resource(record.name, record.status, object_at(parse(record.content)), {})
    document = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {logical_id(record.name): card}}
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
