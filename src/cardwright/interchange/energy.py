"""Energy and emissions in the units of a card's custom details: kilowatt hours, and grams of CO2 equivalent."""

from decimal import Decimal, InvalidOperation
from typing import Final

from cardwright.interchange.card_places import CUSTOM
from cardwright.interchange.loss_report import Outcome
from cardwright.interchange.source import Source
from cardwright.interchange.transfer import Transfer

GRAMS_A_TONNE: Final = Decimal(1_000_000)
_KILOWATT_HOURS = {
    "kwh": Decimal(1),
    "kilowatthour": Decimal(1),
    "megajoule": 1 / Decimal("3.6"),
    "mj": 1 / Decimal("3.6"),
}
_LARGEST = Decimal(10) ** 15


def kilowatt_hours(amount: Source, unit: Source) -> str:
    """Return an amount of energy in kilowatt hours; empty for an unknown unit or a text that is not a number."""
    factor = _KILOWATT_HOURS.get(unit.text.casefold())
    return "" if factor is None else converted(amount, factor)


def converted(amount: Source, factor: Decimal, digits: int = 6) -> str:
    """Return a number times a factor, without superfluous zeros; empty if the source is not a number of usual size.

    Args:
        digits: how many digits after the point are kept.
    """
    try:
        number = Decimal(amount.text)
    except InvalidOperation:
        return ""
    if not number.is_finite() or abs(number) > _LARGEST:
        return ""
    found = number if factor == 1 else (number * factor).quantize(Decimal(1).scaleb(-digits))
    text = f"{found:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def move_amount(  # noqa: PLR0913, PLR0917 - an amount with its unit, before and after
    transfer: Transfer, key: str, value: str, amount: Source, unit: Source, raw: str
) -> None:
    """Put a converted amount into a custom detail; the amount and its unit as they are where it has no value."""
    if not value:
        transfer.move(f"{raw}.value", amount)
        transfer.move(f"{raw}.unit", unit)
        return
    detail = "" if value == amount.text else f"{amount.text} {unit.text}, written as {value}"
    transfer.move(key, amount, value, detail)
    transfer.claim(unit, (*CUSTOM, key), Outcome.CHANGED, "The key has the unit")
