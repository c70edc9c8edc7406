"""Registry resources on pages: the title, the address of the page, and the value that chooses one for a card."""

from collections.abc import Mapping

from flask import url_for

from cardwright.core.registry import Resource, ResourceKind

# The view of the registry that shows a kind.
_PAGES: Mapping[ResourceKind, str] = {
    ResourceKind.MODEL: "model",
    ResourceKind.GROUP: "group",
    ResourceKind.PACKAGE: "package",
    ResourceKind.TRAINING_JOB: "job",
    ResourceKind.PROCESSING_JOB: "processing_job",
}


def href(resource: Resource) -> str:
    """The address of a resource's page."""
    return url_for(f"registry.{_PAGES[resource.kind]}", name=resource.path)


def title(resource: Resource) -> str:
    """The title of a resource: ``fraud``, or ``fraud, version 3``."""
    return f"{resource.name}, version {resource.version}" if resource.version else resource.name


def argument(resource: Resource) -> str:
    """The posted value of a choice: ``model:fraud``, ``package:fraud/3``, ``job:fraud-2026``; empty for other kinds."""
    kind = {ResourceKind.MODEL: "model", ResourceKind.PACKAGE: "package", ResourceKind.TRAINING_JOB: "job"}.get(
        resource.kind
    )
    return "" if kind is None else f"{kind}:{resource.path}"
