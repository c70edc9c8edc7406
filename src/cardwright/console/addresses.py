"""The names that an address may have. One that cannot exist leads to "nothing here", and never to the database."""

import re
from collections.abc import Callable, Mapping

from flask import Flask
from werkzeug.exceptions import NotFound
from werkzeug.routing import UnicodeConverter

from cardwright.core.access_keys import account_of, is_user
from cardwright.core.names import is_card_name

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def is_identifier(text: str) -> bool:
    """Whether a text may be the identifier of a record, such as a draft or a finding."""
    return _UUID.fullmatch(text) is not None


_KINDS: Mapping[str, Callable[[str], bool]] = {
    "card": is_card_name,
    "export_job": is_card_name,  # SageMaker names both alike
    "card_id": is_identifier,
    "comment_id": is_identifier,
    "draft": is_identifier,
    "user": is_user,
    "access_key": lambda text: account_of(text) is not None,
    "finding": is_identifier,
    "waiver": is_identifier,
}
"""By the word in a route, such as ``/cards/<card:name>``: whether a text may be one."""


def name_kinds(app: Flask) -> None:
    """Let routes name the kind of name that each part of a path has."""
    for word, may_be in _KINDS.items():
        app.url_map.converters[word] = _converter(may_be)


def _converter(may_be: Callable[[str], bool]) -> type[UnicodeConverter]:
    class Named(UnicodeConverter):
        def to_python(self, value: str) -> str:
            if not may_be(value):
                raise NotFound  # a ValidationError would ask which other methods the address takes
            return value

    return Named
