"""The rules that the operator of a store chooses, as actions find them in their unit of work (``unit.rules``)."""

from dataclasses import dataclass

from cardwright.core.kms import KmsKeys


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator chose, from the settings.

    Attributes:
        claimable: whether an account gets an unclaimed bucket by exporting to it (``--bucket-claims first``).
        kms_keys: what becomes of the KMS keys that requests name (``--kms-keys``).
    """

    claimable: bool = True
    kms_keys: KmsKeys = KmsKeys.REFUSE
