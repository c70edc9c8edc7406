"""Cards read from a content, a file of another tool, MLflow or the Hugging Face Hub."""

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

from cardwright.model_card import service
from cardwright.model_card.schema_constraints import ModelCardStatus, ModelCardStatusEnum
from cardwright.model_card.section import Section

if TYPE_CHECKING:
    from cardwright.interchange import ImportedFile, LossReport
    from cardwright.model_card.card_source import CardSource


class ReadCard(Section):
    """The calls that read a :class:`ModelCard`. Nothing is stored: ``create`` stores the card."""

    name: str
    status: Any  # as ModelCard has it
    sagemaker_session: Any  # of Cardwright, or of SageMaker's SDK

    _source: "ClassVar[CardSource | None]" = None  # set on an instance that was read from a file

    @classmethod
    def from_dict(
        cls,
        document: Mapping[str, object],
        name: str | None = None,
        status: ModelCardStatusEnum | ModelCardStatus = ModelCardStatusEnum.DRAFT,
        sagemaker_session: service.AnySession | None = None,
    ) -> Self:
        """Create a card from its content, in the form of ``to_dict``. No request is sent.

        Args:
            document: the content; unknown keys are kept.
            name: the card's name; it can also be set later, before ``create``.
            status: a member of ``ModelCardStatusEnum`` or its text.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            TypeError: the document is not a mapping.
            ValueError: the status is not a member of ``ModelCardStatusEnum``.
        """
        card = super().from_dict(document)
        card.sagemaker_session = sagemaker_session
        card.status = status
        if name is not None:
            card.name = name
        return card

    @classmethod
    def from_file(  # noqa: PLR0913 - the parts of an import
        cls,
        path: "str | os.PathLike[str]",
        name: str | None = None,
        *,
        kind: str | None = None,
        infer: bool = False,
        status: ModelCardStatusEnum | ModelCardStatus = ModelCardStatusEnum.DRAFT,
        sagemaker_session: service.AnySession | None = None,
    ) -> Self:
        """Read a card from a file of another tool. No request is sent; ``create`` stores the card with its file.

        Args:
            path: the file: SageMaker JSON, a Cardwright record, a README of the Hugging Face Hub, and others.
            name: the card's name; by default the name in the file. Of a file with several cards, it chooses one.
            kind: the key of the format, such as ``cyclonedx``; by default found from the structure of the file.
            infer: whether facts are also taken from prose, such as tables of results.
            status: a member of ``ModelCardStatusEnum`` or its text.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            OSError: the file cannot be read.
            cardwright.core.errors.Invalid: the file is broken, or not a model card. The message names the problem.
            ValueError: the file has several cards and none has this name, or it describes a part of a card.
        """
        from cardwright.model_card.card_source import read_source

        return cls._of_source(read_source(path, name, kind, infer=infer), name, status, sagemaker_session)

    @classmethod
    def from_mlflow(
        cls,
        run_id: str | None = None,
        model: str | None = None,
        *,
        tracking_uri: str | None = None,
        name: str | None = None,
        sagemaker_session: service.AnySession | None = None,
    ) -> Self:
        """Create a card from a run or a registered model of MLflow. ``create`` stores it with the answers.

        The package mlflow is not needed. ``import_report`` has what became of each fact. The card is a draft: a stage
        or an alias does not approve a model.

        Args:
            run_id: the identifier of a run.
            model: a version of a registered model: ``name/3``, ``name@champion``, or ``name`` for the newest.
            tracking_uri: the URL of the server, or a store: ``file:mlruns`` or ``sqlite:///mlflow.db``;
                ``MLFLOW_TRACKING_URI`` by default. ``MLFLOW_TRACKING_USERNAME`` and ``MLFLOW_TRACKING_PASSWORD``, or
                ``MLFLOW_TRACKING_TOKEN``, are sent to a server.
            name: the card's name; by default made of the model's or run's name.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            ValueError: neither or both are named, there is no URL, or the server has no such model or run.
            ConnectionError: the server did not answer, or it is not an MLflow server.
        """
        from cardwright.model_card.other_systems import file_of_mlflow

        return cls._imported(file_of_mlflow(run_id, model, tracking_uri), name, sagemaker_session)

    @classmethod
    def from_huggingface(
        cls,
        source: "str | os.PathLike[str]",
        *,
        revision: str | None = None,
        name: str | None = None,
        sagemaker_session: service.AnySession | None = None,
    ) -> Self:
        """Create a card from a model of the Hugging Face Hub. ``create`` stores it with its README.

        A repository is looked for in the cache of huggingface_hub. If it is not there and that library is installed,
        the Hub is asked. ``import_report`` has what became of each fact.

        Args:
            source: a folder with a ``README.md``, a README, or the identifier of a repository, such as
                ``organisation/model``.
            revision: the branch, tag or commit of a repository; ``main`` by default.
            name: the card's name; by default made of the model's name.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

        Raises:
            FileNotFoundError: there is no README, or the repository is not in the cache and the library is missing.
            ValueError: the words are neither a path nor an identifier.
            ConnectionError: the Hub returned no README.
            cardwright.core.errors.CardwrightError: the README cannot be read; the message has the reason.
        """
        from cardwright.model_card.other_systems import file_of_hub

        return cls._imported(file_of_hub(source, revision), name, sagemaker_session)

    @property
    def import_report(self) -> "LossReport | None":
        """What became of each value of the file: ``lines`` with source, target, outcome and detail.

        None if the card was not read with ``from_file``, ``from_mlflow`` or ``from_huggingface``.
        """
        return None if self._source is None else self._source.card.report

    @classmethod
    def _imported(cls, file: "ImportedFile", name: str | None, session: service.AnySession | None) -> Self:
        from cardwright.model_card.card_source import CardSource

        return cls._of_source(CardSource(file, 0), name, ModelCardStatusEnum.DRAFT, session)

    @classmethod
    def _of_source(
        cls,
        source: "CardSource",
        name: str | None,
        status: ModelCardStatusEnum | ModelCardStatus,
        session: service.AnySession | None,
    ) -> Self:
        card = cls.from_dict(json.loads(source.card.content), name or source.card.name or None, status, session)
        card.__dict__["_source"] = source
        return card
