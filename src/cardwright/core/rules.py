"""The rules that the operator of a store chooses; actions read them as ``unit.rules``."""

from dataclasses import dataclass

from cardwright.core.kms import KmsKeys


@dataclass(frozen=True, slots=True)
class Rules:
    """The operator's choices, from the settings.

    Attributes:
        claimable: whether an account claims an unassigned bucket by exporting to it (``--bucket-claims first``).
        kms_keys: how the store handles the KMS keys in requests (``--kms-keys``).
    """

    claimable: bool = True
    kms_keys: KmsKeys = KmsKeys.REFUSE
