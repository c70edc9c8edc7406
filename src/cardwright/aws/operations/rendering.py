"""Cardwright's own operation that answers with a card as a document."""

import base64
from collections.abc import Callable

from cardwright.actions.card_record import card_record
from cardwright.aws.members import Members
from cardwright.aws.paging import Pager
from cardwright.formats import format_named
from cardwright.storage.unit import Unit


def render_model_card(unit: Unit, request: Members, _: Pager) -> Callable[[], Members]:
    wanted = format_named(request["Format"])
    record = card_record(unit, unit.actor.scope.card_name(request["ModelCardName"]), request.get("ModelCardVersion"))
    arn = unit.actor.scope.card_arn(record.name)

    def render() -> Members:
        printed = wanted.render(record)
        return {
            "ModelCardArn": arn,
            "ModelCardVersion": record.version,
            "MediaType": wanted.media_type,
            "Document": base64.b64encode(printed.data).decode(),
            "UnprintableCharacters": [
                {"CodePoint": one.code_point, "Name": one.name, "Count": one.count} for one in printed.unprintable
            ],
        }

    return render
