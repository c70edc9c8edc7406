"""Cardwright's own operation that answers with a card as a document."""

import base64
from collections.abc import Callable

from cardwright.actions.card_record import card_record
from cardwright.aws.members import Members
from cardwright.aws.operations.imports import report_line
from cardwright.aws.paging import Pager
from cardwright.formats import format_named
from cardwright.storage.unit import Unit


def render_model_card(unit: Unit, request: Members, _: Pager) -> Callable[[], Members]:
    wanted = format_named(request["Format"])
    name = unit.actor.scope.card_name(request["ModelCardName"])
    record = card_record(unit, name, request.get("ModelCardVersion"), with_source=wanted.is_card_file)
    arn = unit.actor.scope.card_arn(record.name)

    def render() -> Members:
        printed = wanted.render(record)
        report = () if printed.report is None else printed.report.lines
        return {
            "ModelCardArn": arn,
            "ModelCardVersion": record.version,
            "MediaType": wanted.media_type,
            "Document": base64.b64encode(printed.data).decode(),
            "UnprintableCharacters": [
                {"CodePoint": one.code_point, "Name": one.name, "Count": one.count} for one in printed.unprintable
            ],
            "LossReport": [*map(report_line, report)],
            "UnstatedMembers": [{"Target": one.target, "Value": one.value} for one in printed.unstated],
        }

    return render
