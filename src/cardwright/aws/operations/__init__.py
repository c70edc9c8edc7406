"""The operations that are served: one table. A new operation is a handler in its noun's file and a row here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cardwright.actions.unit import Unit
from cardwright.aws.operations import cards, export_jobs, search, tags
from cardwright.aws.paging import Pager

Answer = dict[str, Any]
"""What an operation answers, in the wire's own words; times are seconds since the epoch."""

Handler = Callable[[Unit, dict[str, Any], Pager], Answer | None]
"""Takes a unit of work and a request that fits its shape; gives the answer, or None for an empty one."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One row: the handler, and whether it writes."""

    handler: Handler
    writes: bool


OPERATIONS: Mapping[str, Operation] = {
    "CreateModelCard": Operation(cards.create_model_card, writes=True),
    "UpdateModelCard": Operation(cards.update_model_card, writes=True),
    "DescribeModelCard": Operation(cards.describe_model_card, writes=False),
    "DeleteModelCard": Operation(cards.delete_model_card, writes=True),
    "ListModelCards": Operation(cards.list_model_cards, writes=False),
    "ListModelCardVersions": Operation(cards.list_model_card_versions, writes=False),
    "CreateModelCardExportJob": Operation(export_jobs.create_model_card_export_job, writes=True),
    "DescribeModelCardExportJob": Operation(export_jobs.describe_model_card_export_job, writes=False),
    "ListModelCardExportJobs": Operation(export_jobs.list_model_card_export_jobs, writes=False),
    "Search": Operation(search.search, writes=False),
    "GetSearchSuggestions": Operation(search.get_search_suggestions, writes=False),
    "AddTags": Operation(tags.add_tags, writes=True),
    "ListTags": Operation(tags.list_tags, writes=False),
    "DeleteTags": Operation(tags.delete_tags, writes=True),
}
