"""Defaults: the members that SageMaker returns for a resource whether or not the request set them.

Clients read them without checking. The values come from recorded answers of SageMaker in public test suites.
A described resource gets its missing members, so documents of earlier stores have them too. Search filters by the same
values.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cardwright.core.json_value import object_at, objects_at
from cardwright.core.registry import Document, ResourceKind


@dataclass(frozen=True, slots=True)
class Within:
    """Defaults for the members of a structure; they apply where the structure is present."""

    members: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Each:
    """Defaults for the members of each structure in a list."""

    members: Mapping[str, object]


_VALIDATION = Within(
    {"ValidationProfiles": Each({"TransformJobDefinition": Within({"TransformOutput": Within({"KmsKeyId": ""})})})}
)

DEFAULTS: Mapping[ResourceKind, Mapping[str, object]] = {
    ResourceKind.MODEL: {"EnableNetworkIsolation": False},
    ResourceKind.GROUP: {},
    ResourceKind.PACKAGE: {"CertifyForMarketplace": False, "ValidationSpecification": _VALIDATION},
    ResourceKind.TRAINING_JOB: {
        "InputDataConfig": Each({"CompressionType": "None", "RecordWrapperType": "None"}),
        "OutputDataConfig": Within({"KmsKeyId": "", "CompressionType": "GZIP"}),
        "ResourceConfig": Within({"InstanceCount": 0, "VolumeSizeInGB": 0}),
        "EnableNetworkIsolation": False,
        "EnableInterContainerTrafficEncryption": False,
        "EnableManagedSpotTraining": False,
    },
    ResourceKind.PROCESSING_JOB: {
        "ProcessingInputs": Each(
            {"AppManaged": False, "S3Input": Within({"S3DataDistributionType": "FullyReplicated"})}
        ),
        "ProcessingOutputConfig": Within({"Outputs": Each({"AppManaged": False})}),
        "StoppingCondition": {"MaxRuntimeInSeconds": 86_400},
    },
}
"""By kind: a member and its value, or :class:`Within` or :class:`Each` for members of members."""


def filled(kind: ResourceKind, document: Document) -> dict[str, object]:
    """Return a document with the defaults of its kind for missing members. Existing members do not change."""
    return _filled(DEFAULTS[kind], document)


@dataclass(frozen=True, slots=True)
class Constant:
    """The default of one member; ``holder`` is its structure or list, None at the top."""

    holder: str | None
    value: object


def constants(kind: ResourceKind) -> Mapping[str, Constant]:
    """Return the defaults of a kind by dotted name, as Search names properties."""
    return dict(_constants(DEFAULTS[kind], ()))


def _filled(defaults: Mapping[str, object], document: Mapping[str, object]) -> dict[str, object]:
    found = {**document}
    for name, default in defaults.items():
        if isinstance(default, Within):
            if name in found:
                found[name] = _filled(default.members, object_at(found, name))
        elif isinstance(default, Each):
            if name in found:
                found[name] = [_filled(default.members, item) for item in objects_at(found, name)]
        elif name not in found:
            found[name] = default
    return found


def _constants(defaults: Mapping[str, object], place: tuple[str, ...]) -> Iterator[tuple[str, Constant]]:
    for name, default in defaults.items():
        if isinstance(default, Within | Each):
            yield from _constants(default.members, (*place, name))
        else:
            yield ".".join((*place, name)), Constant(".".join(place) or None, default)
