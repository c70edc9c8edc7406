"""What all answers have in common."""

from collections.abc import Mapping
from typing import TypedDict


class Answer(TypedDict, total=False):
    """The answer of an operation."""

    ResponseMetadata: Mapping[str, object]


class Page(Answer, total=False):
    """A page of a list. ``NextToken`` requests the next one."""

    NextToken: str
