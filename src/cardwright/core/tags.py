"""Tags: key-value pairs of resources.

Limits: "Tag" in the SageMaker API reference, and AWS's rule that users cannot set ``aws:`` keys.
"""

from collections.abc import Mapping, Sequence

from cardwright.core.errors import Invalid

MAX_TAGS = 50
"""Maximum number of tags of one resource."""


def check_tags(tags: Sequence[tuple[str, str]], existing: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the tags to write, by key.

    Args:
        tags: keys and values of the request.
        existing: the tags that the resource has already.

    Raises:
        Invalid: a repeated key, a reserved key, or too many tags.
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
