"""Settings of the caller's account, and those of the caller."""

from cardwright.actions.events import record_account_event
from cardwright.core.account_events import AccountEventKind
from cardwright.core.people import Role
from cardwright.core.text_format import TextFormat
from cardwright.storage.unit import Unit

_TEXT_FORMAT = "text_format"
_SHORTCUTS = "keyboard_shortcuts"
_OFF = "off"


def read_text_format(unit: Unit) -> TextFormat:
    """Return how the texts of the account's cards are written, unless a card says otherwise."""
    unit.actor.require(Role.VIEWER, "DescribeModelCard", "*")
    return TextFormat(unit.settings.get(_TEXT_FORMAT) or TextFormat.PLAIN)


def set_text_format(unit: Unit, text_format: TextFormat) -> bool:
    """Set how the texts of the account's cards are written. False if it is so already. No card changes.

    Raises:
        Denied: only administrators may call this.
    """
    unit.actor.require(Role.ADMIN, "UpdateAccountSettings", "*")
    before = read_text_format(unit)
    if before is text_format:
        return False
    unit.settings.put(_TEXT_FORMAT, text_format)
    record_account_event(unit, AccountEventKind.SETTING_CHANGED, _TEXT_FORMAT, f"from {before} to {text_format}")
    return True


def uses_shortcuts(unit: Unit) -> bool:
    """Whether keyboard shortcuts are on for the caller."""
    return unit.settings.get(_SHORTCUTS, unit.actor.user) != _OFF


def use_shortcuts(unit: Unit, *, on: bool) -> None:
    """Switch keyboard shortcuts on or off for the caller. Without access to the account: :class:`Denied`."""
    unit.actor.require(Role.VIEWER, "UpdateUser", "*")
    unit.settings.put(_SHORTCUTS, None if on else _OFF, unit.actor.user)
