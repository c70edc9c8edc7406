"""The model card: create, load, change and compare it through a session."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from cardwright.client.job_pairs import kept_choices
from cardwright.client.sagemaker import SageMaker
from cardwright.core import inheritance
from cardwright.model_card import package_contents, service, stored_card
from cardwright.model_card.annotated_card import AnnotatedCard
from cardwright.model_card.display import CardDifference, VersionHistory, console_address, difference, displayable
from cardwright.model_card.evaluation import EvaluationJob
from cardwright.model_card.exported_card import ExportedCard
from cardwright.model_card.model_package import ModelPackage
from cardwright.model_card.narrative import AdditionalInformation, BusinessDetails, IntendedUses
from cardwright.model_card.overview import ModelOverview
from cardwright.model_card.read_card import ReadCard
from cardwright.model_card.schema_constraints import ModelCardStatus, ModelCardStatusEnum
from cardwright.model_card.section import (
    Converted,
    ItemsOf,
    MemberType,
    PartOf,
    SectionMember,
    as_json,
    items,
    member,
    one_of,
    plain,
    section,
    subsection,
    unsent,
)
from cardwright.model_card.service import logger
from cardwright.model_card.training import TrainingDetails

if TYPE_CHECKING:
    from cardwright.client.answers.sagemaker_cards import (
        DescribeModelCardAnswer,
        UpdateModelCardAnswer,
        UserContext,
    )
    from cardwright.core.lint import Advice
    from cardwright.core.policy.result import CardCheck


class _PackageMember(SectionMember):
    """A model package. Setting it fills the card with what the package leads to."""

    def accept(self, holder: object, name: str, value: object) -> object:
        package = super().accept(holder, name, value)
        if isinstance(holder, ModelCard) and isinstance(package, ModelPackage):
            package_contents.fill(holder, package)
        return package


class _SessionMember(MemberType):
    sent = False

    def accept(self, holder: object, name: str, value: Any) -> object:  # any object with a session's members
        del holder, name
        return service.session_or_default(value)


@section
class ModelCard(ReadCard, AnnotatedCard, ExportedCard):
    """A model card: facts about a model, its owner, and its review status.

    Args:
        name: the card's name, unique in its account: 1 to 63 letters, digits and hyphens.
        status: a member of ``ModelCardStatusEnum`` or its text.
        arn: the card's ARN, once the card is created.
        version: the card's version, from 1, once the card is created.
        created_time: when the card was created.
        created_by: who created the card, in the form of DescribeModelCard.
        last_modified_time: when the version was created.
        last_modified_by: who created the version.
        model_overview: a ``ModelOverview`` or a dict of its members; every other section also accepts a dict.
        intended_uses: ``IntendedUses``.
        business_details: ``BusinessDetails``.
        training_details: ``TrainingDetails``.
        evaluation_details: a list of ``EvaluationJob``.
        additional_information: ``AdditionalInformation``.
        sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.
        model_package_details: the model package that the card describes. Setting it fills unset sections: training
            details (from the job that created its artifact), evaluation details (from its reports), the content of
            the card inside the package (see ``inner_card``), and business details, intended uses and additional
            information (from an earlier card of its group).

    Raises:
        ValueError: the status is not a member of ``ModelCardStatusEnum``, a list or section has another type, or the
            card has a ``model_id`` and a model package is set.
        TypeError: an item has another type, or a dict has an unknown key.
    """

    name: str = unsent()
    status: Converted[ModelCardStatusEnum, ModelCardStatusEnum | ModelCardStatus] = one_of(
        ModelCardStatusEnum, default=ModelCardStatusEnum.DRAFT, sent=False
    )
    arn: str | None = unsent(default=None)
    version: int | None = unsent(default=None)
    created_time: datetime | None = unsent(default=None)
    created_by: "UserContext | None" = unsent(default=None)
    last_modified_time: datetime | None = unsent(default=None)
    last_modified_by: "UserContext | None" = unsent(default=None)
    model_overview: PartOf[ModelOverview] = subsection(ModelOverview, default=None)
    intended_uses: PartOf[IntendedUses] = subsection(IntendedUses, default=None)
    business_details: PartOf[BusinessDetails] = subsection(BusinessDetails, default=None)
    training_details: PartOf[TrainingDetails] = subsection(TrainingDetails, default=None)
    evaluation_details: ItemsOf[EvaluationJob] = items(EvaluationJob, default=None)
    additional_information: PartOf[AdditionalInformation] = subsection(AdditionalInformation, default=None)
    sagemaker_session: Converted[service.AnySession, service.AnySession | None] = member(_SessionMember(), default=None)
    model_package_details: PartOf[ModelPackage] = member(_PackageMember(ModelPackage), default=None)

    _inner_card: ClassVar[inheritance.InnerCard | None] = None  # set on an instance when its package has a card inside

    @property
    def _client(self) -> SageMaker:
        client: SageMaker = self.sagemaker_session.sagemaker_client
        return client

    @property
    def inner_card(self) -> inheritance.InnerCard | None:
        """The members copied from the card inside the package (``taken``), and the others with reasons (``left``).

        None if no package was set, or the package has no card inside.
        """
        return self._inner_card

    def to_json(self) -> str:
        """Return the card's content as compact JSON text, as it is sent to the server.

        Raises:
            ValueError: a number is not valid JSON, such as NaN.
            TypeError: a value is not valid JSON. Both messages contain the path.
        """
        return as_json(self.to_dict())

    def lint(self) -> "list[Advice]":
        """List violations of the content schema, then suggestions that would improve the card.

        Each item has a dotted ``path`` and a ``message``. An empty list means a good card.

        Raises:
            ValueError, TypeError: the content is not JSON; see ``to_json``.
        """
        from cardwright.core.errors import ContentInvalid
        from cardwright.core.lint import Advice, lint

        try:
            return lint(self.to_json())
        except ContentInvalid as error:
            return [
                Advice(violation.path, f"{violation.description} (required by the content schema).")
                for violation in error.violations
            ]

    def check(
        self, policy: "str | os.PathLike[str]", against: str | int | None = None, now: datetime | None = None
    ) -> "CardCheck":
        """Check this card's content, stored or not, against the rules of a review policy.

        The result has ``passed``, and ``results`` with the outcome, the place and a message for each rule.

        Args:
            policy: the path of a policy file, or the name of a stored policy or of one that comes with Cardwright.
            against: what regression rules compare with: ``approved``, ``previous`` or a version; by default what each
                rule names.
            now: the time that ages are counted from; the present by default.

        Raises:
            cardwright.core.errors.PolicyInvalid: the policy has a mistake; the message names line and column.
            cardwright.core.errors.NotFound: no policy has this name.
            cardwright.core.errors.Invalid: the version to compare with does not exist.
            ValueError, TypeError: the content is not JSON; see ``to_json``.
        """
        from cardwright.client import card_checks
        from cardwright.client.policy_files import find_policy

        client = self._client
        stored = stored_card.find_card(client, self.name) if self.name else None
        rules = find_policy(os.fspath(policy), lambda: client)
        moment = datetime.now(UTC) if now is None else now
        subject = card_checks.unsaved_subject(
            client,
            rules,
            self.name or "",
            self.to_json(),
            round(moment.timestamp() * 1000),
            stored=stored,
            against=None if against is None else str(against),
        )
        return card_checks.checker_of(rules).check(subject)

    def create(self) -> str:
        """Create the card on the server, and read its ARN, version and times from there.

        Returns:
            The card's ARN.

        Raises:
            FileExistsError: this object was already created on the server.
            ValueError: the card has no name, or its content is not JSON.
            botocore.exceptions.ClientError: the server refuses: the name or the model already has a card, the content
                breaks the schema, or the caller lacks permission.
        """
        if self.arn:
            raise FileExistsError(f"Model card {self.name} already exists with arn {self.arn}")
        if not self.name:
            raise ValueError("Give the card a name before it is created.")
        logger.info("Creating model card with name: %s", self.name)
        client = self._client
        if self._source is None:
            client.create_model_card(**self._create_request_args())
        else:
            from cardwright.model_card.card_source import create_with_source

            create_with_source(client, self._source, self._create_request_args())
        self._read_answer(client.describe_model_card(ModelCardName=self.name))
        assert self.arn is not None  # noqa: S101 - the server's answer always has it
        return self.arn

    def save(self) -> str:
        """Create the card, or update it if the server already has a card with this name.

        A notebook cell with this call can run again: equal content and status change nothing. If the server has a card
        with this name that was not loaded into this object, this object's content and status become its next version.

        Returns:
            The card's ARN.

        Raises:
            ValueError: the card has no name, or its content is not JSON.
            botocore.exceptions.ClientError: the server refuses the request.
        """
        if not self.name:
            raise ValueError("Give the card a name before it is saved.")
        stored = stored_card.find_card(self._client, self.name)
        if stored is None:
            self.arn = None  # the card was deleted after this object was created
            stored = self._created_by_another()
            if stored is None:
                return str(self.arn)
        if self.created_time is None:
            logger.info("The server already has the model card %s; it is updated.", self.name)
            self._read_answer(stored)
        self.update()
        assert self.arn is not None  # noqa: S101 - the server's answer always has it
        return self.arn

    def _created_by_another(self) -> "DescribeModelCardAnswer | None":
        """Create the card. Return the stored card if another caller created it at the same time."""
        from botocore.exceptions import ClientError

        try:
            self.create()
        except ClientError as error:
            is_conflict = service.service_error_of(error).code == "ConflictException"
            stored = stored_card.find_card(self._client, self.name) if is_conflict else None
            if stored is None:
                raise  # the conflict is with a card of another name, such as one of the same model
            return stored
        return None

    @classmethod
    def load(cls, name: str, version: int | None = None, sagemaker_session: service.AnySession | None = None) -> Self:
        """Load a card from the server with one request. All of its content is kept.

        Args:
            name: the card's name; or the ARN of a card that another account shares.
            version: the version, from 1; the newest by default.
            sagemaker_session: a Cardwright or SageMaker session; ``Session()`` by default.

            Raises:
            botocore.exceptions.ClientError: the card or version does not exist, or the caller lacks permission.
        """
        session = service.session_or_default(sagemaker_session)
        logger.info("Load model card: %s", name)
        wanted = {} if version is None else {"ModelCardVersion": version}
        answer = session.sagemaker_client.describe_model_card(ModelCardName=name, **wanted)
        content = json.loads(answer["Content"])
        card = cls.from_dict(content, answer["ModelCardName"], answer["ModelCardStatus"], session)
        card._read_answer(answer)
        return card

    def update(self, **kwargs: object) -> dict[str, "UpdateModelCardAnswer"]:
        """Send the card's content and status to the server, if they differ from what it stores.

        Both are sent in one request, so that the server stores both or neither.

        Args:
            **kwargs: members to set before.

        Returns:
            The server's answer under ``status`` and ``content``, for each that was sent.

        Raises:
            ValueError: the card was never created, a member is invalid, or the content is not JSON.
            TypeError: a member has the wrong type.
            botocore.exceptions.ClientError: the server refuses the request.
        """
        if self.created_time is None:
            raise ValueError("Please create a model card or load an existing model card before update.")
        for attribute, value in kwargs.items():
            if hasattr(self, attribute):
                setattr(self, attribute, value)
            else:
                logger.warning("%s doesn't exist in model card.", attribute)
        logger.info("Updating model card: %s", self.name)
        client = self._client
        stored = client.describe_model_card(ModelCardName=self.name)
        self._warn_of_newer_version(stored)
        changes = stored_card.changes(self._create_request_args(), stored)
        if not changes:
            return {}
        answer = client.update_model_card(ModelCardName=self.name, **changes)
        self._read_answer(client.describe_model_card(ModelCardName=self.name))
        names = {"ModelCardStatus": "status", "Content": "content"}
        return {names[change]: answer for change in changes}

    def delete(self) -> bool:
        """Delete the card from the server, with all its versions.

        Raises:
            botocore.exceptions.ClientError: the card does not exist, or the caller lacks permission.
        """
        logger.info("Deleting model card with name: %s", self.name)
        self._client.delete_model_card(ModelCardName=self.name)
        self.status = ModelCardStatusEnum.ARCHIVED
        return True

    def get_version_history(self, **kwargs: object) -> VersionHistory:
        """List the card's versions, in the form of ListModelCardVersions. A notebook shows them as a table.

        Args:
            **kwargs: further parameters of the call. With ``MaxResults`` or ``NextToken`` the result is one page, else
                all versions.
        """
        call = self._client.list_model_card_versions
        wanted = {"ModelCardName": self.name, **kwargs}
        answer = service.listing(call, lambda page: page["ModelCardVersionSummaryList"], wanted)
        console = console_address(self.sagemaker_session, self.name)
        return VersionHistory(self.name, answer["ModelCardVersionSummaryList"], console)

    def compare(
        self, other: "ModelCard | int | None" = None, pairs: Mapping[str, str | None] | None = None
    ) -> CardDifference:
        """Compare the content of another card or version with this object's content.

        Args:
            other: another card, or a version number of this card on the server; by default the newest version.
            pairs: evaluation jobs to compare, from the other's job to this object's; None for no partner. Other jobs
                are paired by the pairs stored with the card, by name, by kind and datasets, or by similar name.

        Raises:
            ValueError: the card was never created, and ``other`` is not a card; or one of the contents lacks a
                job of ``pairs``.
            botocore.exceptions.ClientError: the version does not exist, or the caller lacks permission.
        """
        mine = self._displayable()
        if isinstance(other, ModelCard):
            return difference((_label(other), displayable(other.to_dict())), (_label(self), mine), pairs)
        if self.created_time is None:
            raise ValueError("Please create a model card or load an existing model card before compare.")
        wanted = {} if other is None else {"ModelCardVersion": other}
        answer = self._client.describe_model_card(ModelCardName=self.name, **wanted)
        label = f"version {answer['ModelCardVersion']} on the server"
        kept = kept_choices(self._client, self.name)
        return difference((label, json.loads(answer["Content"])), ("this object", mine), pairs, kept)

    def _read_answer(self, answer: "DescribeModelCardAnswer") -> None:
        """Read the card's ARN, version, times and authors from an answer of DescribeModelCard."""
        self.arn, self.version = answer["ModelCardArn"], answer["ModelCardVersion"]
        self.created_time, self.created_by = answer["CreationTime"], answer.get("CreatedBy")
        self.last_modified_time, self.last_modified_by = answer.get("LastModifiedTime"), answer.get("LastModifiedBy")

    def _warn_of_newer_version(self, stored: "DescribeModelCardAnswer") -> None:
        newest = stored["ModelCardVersion"]
        if self.version is not None and newest > self.version:
            logger.warning(
                "Version %s of %s was made after this object's version %s; its content is replaced.",
                newest,
                self.name,
                self.version,
            )

    def _create_request_args(self) -> stored_card.CardRequest:
        """Return the request of CreateModelCard. SageMaker's SDK calls this when it registers a model with a card."""
        status = self.status.value if isinstance(self.status, ModelCardStatusEnum) else self.status
        return {"ModelCardName": self.name, "ModelCardStatus": status, "Content": self.to_json()}

    def __repr__(self) -> str:
        status = self.status.value if isinstance(self.status, ModelCardStatusEnum) else self.status
        return f"ModelCard(name={self.name!r}, status={status!r}, version={self.version!r})"

    def _repr_html_(self) -> str:
        from cardwright.formats.notebook import card_html

        console = console_address(self.sagemaker_session, self.name) if self.arn else None
        return card_html(self.name or "", str(plain(self.status)), self.version, self._displayable(), console)

    def _displayable(self) -> object:
        return displayable(self.to_dict())


def _label(card: ModelCard) -> str:
    return f"{card.name}, not created yet" if card.version is None else f"{card.name}, version {card.version}"
