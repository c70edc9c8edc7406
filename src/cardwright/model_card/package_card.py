"""The card inside a model package."""

from collections.abc import Mapping

from cardwright.model_card.schema_constraints import ModelCardStatus, ModelCardStatusEnum
from cardwright.model_card.section import as_json, plain


class ModelPackageModelCard:
    """A card inside a model package: content and status, without name and versions.

    Args:
        model_card_content: the content: a dict of sections, each an object or a dict, or JSON text.
        model_card_status: the status, a member of ``ModelCardStatusEnum`` or its text.
    """

    def __init__(
        self,
        model_card_content: Mapping[str, object] | str | None = None,
        model_card_status: ModelCardStatusEnum | ModelCardStatus | None = None,
    ) -> None:
        self.model_card_content = model_card_content
        self.model_card_status = model_card_status

    def to_request(self) -> dict[str, object]:
        """Return the ``ModelCard`` member of CreateModelPackage and UpdateModelPackage, without unset members.

        Raises:
            ValueError, TypeError: a value is not valid JSON; the message contains its path.
        """
        content = None if self.model_card_content is None else self._content()
        members = {"ModelCardContent": content, "ModelCardStatus": plain(self.model_card_status)}
        return {member: value for member, value in members.items() if value is not None}

    def _create_request_args(self) -> dict[str, object]:
        """Return the request part that SageMaker's SDK asks for when it registers a model with this card."""
        return {"ModelCardStatus": plain(self.model_card_status), "Content": self._content()}

    def _content(self) -> str:
        content = self.model_card_content
        return content if isinstance(content, str) else as_json(plain(content))


ModelPackageModelCard.__module__ = "cardwright.model_card.model_card"
