"""Tags: the key-value pairs by which resources are found, counted and governed.

Limits: "Tag" in the SageMaker API reference, and the AWS-wide rule that ``aws:`` is not for users.
"""

from collections.abc import Mapping, Sequence

from cardwright.core.errors import Invalid

MAX_TAGS = 50
"""Tags that one resource may carry."""


def check_tags(tags: Sequence[tuple[str, str]], existing: Mapping[str, str] | None = None) -> dict[str, str]:
    """The tags to write, by key.

    Args:
        tags: keys and values as requested.
        existing: the tags that the resource carries already.

    Raises:
        Invalid: a key twice, a reserved key, or more tags than a resource may carry.
    """
    wanted = dict(tags)
    if len(wanted) < len(tags):
        raise Invalid("Duplicate tag keys found: give each tag key once in a request")
    for key in wanted:
        if key[:4].lower() == "aws:":
            raise Invalid("aws: prefixed tag key names are not allowed for external use")
    if len(wanted.keys() | (existing or {}).keys()) > MAX_TAGS:
        raise Invalid(f"The number of tags of a resource cannot exceed {MAX_TAGS}")
    return wanted
