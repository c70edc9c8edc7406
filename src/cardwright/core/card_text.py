"""What a list of cards shows and searches of a card's content: description, owner, evaluations and words."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, NamedTuple

DESCRIPTION = 300
"""Characters of a model's description that a list may show."""
OWNER = 200
"""Characters of an owner's name by which cards are filtered."""
WORDS = 4_000
"""Different words of one card that search knows; what comes later in the card is not found by its words."""

_WORD = re.compile(r"[^\W_]+")
_LONGEST = 64
_READ = 200_000  # characters of one card that are read for words: content has half of that at most


class CardText(NamedTuple):
    """What lists show and search of one content.

    Attributes:
        description: the beginning of ``model_overview.model_description``, in one line.
        owner: ``model_overview.model_owner``, likewise.
        evaluations: how many entries ``evaluation_details`` has.
    """

    description: str | None = None
    owner: str | None = None
    evaluations: int = 0


def card_text(value: Any) -> CardText:
    """Read the text of parsed content, whatever its shape."""
    overview = value.get("model_overview") if isinstance(value, dict) else None
    overview = overview if isinstance(overview, dict) else {}
    evaluations = value.get("evaluation_details") if isinstance(value, dict) else None
    return CardText(
        description=_line(overview.get("model_description"), DESCRIPTION),
        owner=_line(overview.get("model_owner"), OWNER),
        evaluations=len(evaluations) if isinstance(evaluations, list) else 0,
    )


def card_words(name: str, value: Any) -> str:
    """The words by which search finds a card: those of its name, then the first ``WORDS`` of its parsed content."""
    found = words_of(" ".join(texts(value)))[:WORDS]
    return " ".join(dict.fromkeys((*words_of(name), *found)))


def words_of(text: str) -> list[str]:
    """The different words of a text: runs of letters and digits, without case and accents, 64 characters at most."""
    folded = text[:_READ].lower()
    if not folded.isascii():
        apart = unicodedata.normalize("NFKD", text[:_READ].casefold())
        folded = "".join(c for c in apart if not unicodedata.combining(c))
    return list(dict.fromkeys(word[:_LONGEST] for word in _WORD.findall(folded)))


def texts(value: Any) -> Iterator[str]:
    """All texts of parsed content in document order, the names of free fields included."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            free = item.keys() - _KNOWN
            for name, member in reversed(item.items()):
                waiting.append(member)
                if name in free:
                    waiting.append(name)
        elif isinstance(item, list) and not (item and isinstance(item[0], int | float)):
            waiting.extend(reversed(item))


def _line(text: object, longest: int) -> str | None:
    if not isinstance(text, str):
        return None
    return " ".join(text.replace("\x00", "\ufffd").split())[:longest] or None


# The schema's own member names, which every card has and nobody searches for.
_KNOWN = frozenset(
    """
    model_overview model_description model_owner model_creator problem_type algorithm_type model_id
    model_artifact model_name model_version inference_environment container_image model_package_details
    intended_uses purpose_of_model factors_affecting_model_efficiency risk_rating explanations_for_risk_rating
    business_details business_problem business_stakeholders line_of_business training_details objective_function
    function facet condition notes training_observations training_job_details training_arn training_datasets
    training_environment training_metrics user_provided_training_metrics hyper_parameters
    user_provided_hyper_parameters name value type evaluation_details evaluation_observation evaluation_job_arn
    datasets metadata metric_groups metric_data x_axis_name y_axis_name additional_information
    ethical_considerations caveats_and_recommendations custom_details model_package_arn
    model_package_description model_package_status model_approval_status approval_description
    model_package_group_name model_package_name model_package_version domain task created_by user_profile_name
    source_algorithms algorithm_name model_data_url inference_specification containers image nearest_model_name
    """.split()  # noqa: SIM905 - a list of words
)
