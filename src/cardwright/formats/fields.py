"""The fields of card content: their order, as SageMaker shows them, and their names for people."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    VALUE = "value"
    """A short value, or a list of them."""
    CODE = "code"
    """An ARN, a URI, an image: for machines."""
    PROSE = "prose"
    """A text that people wrote; under a heading of its own."""
    TEXT = "text"
    """A text that is prose when it is long, and a value when it is short."""
    LEAD = "lead"
    """Stands under the title of the document."""
    METRICS = "metrics"
    """A list of {name, value, notes}: a section of its own."""
    ROWS = "rows"
    """A list of objects, as a table: a section of its own."""
    PAIRS = "pairs"
    """An object of free names, as a table: a section of its own."""
    PART = "part"
    """An object whose members are shown among those of the object it stands in."""


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How one member of the content is shown. ``quiet`` ones are not reported as missing."""

    name: str
    label: str
    kind: Kind = Kind.VALUE
    parts: tuple["FieldRule", ...] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class SectionRule:
    """One member of the whole content; ``quiet`` ones are not reported as missing."""

    name: str
    title: str
    id: str
    fields: tuple[FieldRule, ...]
    quiet: bool = False


# Documented inside "function"; the Python SDK v3 writes the three side by side.
_OBJECTIVE = (
    FieldRule("facet", "Objective metric", quiet=True),
    FieldRule("condition", "Objective condition", Kind.TEXT, quiet=True),
)

COLUMNS = {
    "name": "Name",
    "value": "Value",
    "notes": "Notes",
    "algorithm_name": "Algorithm",
    "model_data_url": "Model data",
    "image": "Image",
    "nearest_model_name": "Nearest model",
}
"""Names for the columns of ``ROWS``; others keep their own."""

SECTIONS = (
    SectionRule(
        "model_overview",
        "Model overview",
        "overview",
        (
            FieldRule("model_name", "Model name"),
            FieldRule("model_id", "Model ID", Kind.CODE),
            FieldRule("model_description", "Description", Kind.LEAD),
            FieldRule("model_version", "Model version"),
            FieldRule("problem_type", "Problem type"),
            FieldRule("algorithm_type", "Algorithm"),
            FieldRule("model_creator", "Creator"),
            FieldRule("model_owner", "Owner"),
            FieldRule("model_artifact", "Artifacts", Kind.CODE),
            FieldRule(
                "inference_environment",
                "Inference environment",
                Kind.PART,
                (FieldRule("container_image", "Inference container", Kind.CODE),),
            ),
        ),
    ),
    SectionRule(
        "model_package_details",
        "Model package",
        "package",
        (
            FieldRule("model_package_group_name", "Package group", quiet=True),
            FieldRule("model_package_name", "Package name", quiet=True),
            FieldRule("model_package_version", "Package version", quiet=True),
            FieldRule("model_package_arn", "Package ARN", Kind.CODE, quiet=True),
            FieldRule("model_package_description", "Package description", Kind.TEXT, quiet=True),
            FieldRule("model_package_status", "Package status", quiet=True),
            FieldRule("model_approval_status", "Approval status", quiet=True),
            FieldRule("approval_description", "Approval description", Kind.TEXT, quiet=True),
            FieldRule("domain", "Domain", quiet=True),
            FieldRule("task", "Task", quiet=True),
            FieldRule(
                "created_by",
                "Created by",
                Kind.PART,
                (FieldRule("user_profile_name", "Created by", quiet=True),),
                quiet=True,
            ),
            FieldRule("source_algorithms", "Source algorithms", Kind.ROWS, quiet=True),
            FieldRule(
                "inference_specification",
                "Inference specification",
                Kind.PART,
                (FieldRule("containers", "Inference containers", Kind.ROWS, quiet=True),),
                quiet=True,
            ),
        ),
        quiet=True,
    ),
    SectionRule(
        "intended_uses",
        "Intended uses",
        "intended-uses",
        (
            FieldRule("risk_rating", "Risk rating"),
            FieldRule("purpose_of_model", "Purpose of the model", Kind.PROSE),
            FieldRule("intended_uses", "Intended uses", Kind.PROSE),
            FieldRule("factors_affecting_model_efficiency", "Factors affecting model efficiency", Kind.PROSE),
            FieldRule("explanations_for_risk_rating", "Explanation of the risk rating", Kind.PROSE),
        ),
    ),
    SectionRule(
        "business_details",
        "Business details",
        "business",
        (
            FieldRule("business_problem", "Business problem", Kind.PROSE),
            FieldRule("business_stakeholders", "Business stakeholders", Kind.TEXT),
            FieldRule("line_of_business", "Line of business", Kind.TEXT),
        ),
    ),
    SectionRule(
        "training_details",
        "Training details",
        "training",
        (
            FieldRule(
                "objective_function",
                "Objective function",
                Kind.PART,
                (
                    FieldRule(
                        "function",
                        "Objective",
                        Kind.PART,
                        (FieldRule("function", "Objective"), *_OBJECTIVE),
                    ),
                    *_OBJECTIVE,
                    FieldRule("notes", "Notes on the objective", Kind.TEXT, quiet=True),
                ),
            ),
            FieldRule(
                "training_job_details",
                "Training job",
                Kind.PART,
                (
                    FieldRule("training_arn", "Training job", Kind.CODE),
                    FieldRule("training_datasets", "Training datasets", Kind.CODE),
                    FieldRule(
                        "training_environment",
                        "Training environment",
                        Kind.PART,
                        (FieldRule("container_image", "Training container", Kind.CODE),),
                    ),
                    FieldRule("training_metrics", "Training metrics", Kind.METRICS),
                    FieldRule("user_provided_training_metrics", "Custom training metrics", Kind.METRICS, quiet=True),
                    FieldRule("hyper_parameters", "Hyperparameters", Kind.ROWS),
                    FieldRule(
                        "user_provided_hyper_parameters", "Custom hyperparameters", Kind.ROWS, quiet=True
                    ),
                ),
            ),
            FieldRule("training_observations", "Training observations", Kind.PROSE),
        ),
    ),
    SectionRule(
        "evaluation_details",
        "Evaluation details",
        "evaluation",
        (
            FieldRule("evaluation_observation", "Observation", Kind.PROSE, quiet=True),
            FieldRule("evaluation_job_arn", "Evaluation job", Kind.CODE, quiet=True),
            FieldRule("datasets", "Datasets", Kind.CODE, quiet=True),
            FieldRule("metadata", "Metadata", Kind.PAIRS, quiet=True),
        ),
    ),
    SectionRule(
        "additional_information",
        "Additional information",
        "additional-information",
        (
            FieldRule("ethical_considerations", "Ethical considerations", Kind.PROSE),
            FieldRule("caveats_and_recommendations", "Caveats and recommendations", Kind.PROSE),
            FieldRule("custom_details", "Custom details", Kind.PAIRS, quiet=True),
        ),
    ),
)  # fmt: skip
