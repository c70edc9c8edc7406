"""Finds a policy by what a user names: a file, a stored policy, or one that comes with Cardwright."""

from collections.abc import Callable, Sequence
from pathlib import Path

from cardwright.client.own_client import NoSuchOperation, own_client
from cardwright.client.sagemaker import SageMaker
from cardwright.core.errors import NotFound, PolicyInvalid
from cardwright.core.policy.policy import ReviewPolicy
from cardwright.core.policy.presets import NAMES, preset_text
from cardwright.core.policy.reading import read_policy
from cardwright.core.policy.source import LONGEST

_LARGEST = 4 * LONGEST  # bytes: a character has at most four


class NoSuchPolicy(NotFound):
    """No file, no stored policy and no preset has the name."""


def find_policy(
    named: str, client: Callable[[], SageMaker] | None, unknown: Callable[[Sequence[str]], object] = lambda _: None
) -> ReviewPolicy:
    """Return a policy: from the file, else the policy of this name in the store, else the preset of this name.

    A file may name groups of people of the account. Without a store, and with one that knows no groups, such as
    SageMaker, any name of a group is accepted: checks do not depend on groups.

    Args:
        named: a path or a name.
        client: makes the SageMaker client of the store; None without a store. Called only for a name, and for a file
            that names a group of people of the account.
        unknown: takes the names of groups that were accepted without a look-up.

    Raises:
        PolicyInvalid: the file has a mistake.
        NoSuchPolicy: nothing has this name.
        OSError: the file cannot be read.
    """
    path = Path(named)
    if path.exists() and not path.is_dir():
        return _of_file(_text(path), client, unknown)
    stored = None if client is None or _is_path(named) else stored_policy(client(), named)
    if stored is not None:
        return read_policy(stored, None)
    if named in NAMES:
        return read_policy(preset_text(named))
    where = "There is no such file" if _is_path(named) else "No file, stored policy or preset has this name"
    raise NoSuchPolicy(f"{named}: {where}. Presets are: {', '.join(NAMES)}")


def _of_file(
    text: str, client: Callable[[], SageMaker] | None, unknown: Callable[[Sequence[str]], object]
) -> ReviewPolicy:
    policy = read_policy(text, None)
    named = policy.account_groups
    groups = None if client is None or not named else _account_groups(client())
    if groups is not None:
        return read_policy(text, groups)
    if named:
        unknown(named)
    return policy


def _account_groups(client: SageMaker) -> tuple[str, ...] | None:
    """Return the groups of people of the account; None if the server knows no groups, such as SageMaker itself."""
    try:
        return tuple(own_client(client).describe_caller().get("AccountGroups", ()))
    except NoSuchOperation:
        return None


def policy_text(named: str) -> str:
    """Return the text of a policy file, or of the preset of this name.

    Raises:
        PolicyInvalid: the file is too large or not UTF-8.
        NoSuchPolicy: neither a file nor a preset has this name.
    """
    if Path(named).is_file():
        return _text(Path(named))
    if named in NAMES:
        return preset_text(named)
    raise NoSuchPolicy(f"{named}: there is no such file and no preset of this name. Presets are: {', '.join(NAMES)}")


def stored_policy(client: SageMaker, name: str) -> str | None:
    """Return the file of a policy that a server stores; None if it has no such policy, or stores no policies."""
    from botocore.exceptions import ClientError, ParamValidationError

    try:
        return own_client(client).describe_review_policy(PolicyName=name)["PolicyDocument"]
    except (NoSuchOperation, ParamValidationError):
        return None
    except ClientError as error:
        if error.response["Error"].get("Code") not in {"ResourceNotFound", "ValidationException"}:
            raise
        return None


def _is_path(named: str) -> bool:
    return "/" in named or "\\" in named or named.endswith((".yaml", ".yml", ".json"))


def _text(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise PolicyInvalid("the file is too large", f"Keep it within {LONGEST:,} characters", line=1, column=1)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        start = error.object[: error.start]
        line, column = start.count(b"\n") + 1, error.start - (start.rfind(b"\n") + 1) + 1
        fault = "the file is not UTF-8 text"
    raise PolicyInvalid(fault, "Save it in UTF-8", line=line, column=column)
