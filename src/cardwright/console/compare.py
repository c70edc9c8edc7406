"""Two versions, or two cards, side by side."""

from flask import Blueprint, abort

from cardwright.console.desk import Desk


def pages(desk: Desk) -> Blueprint:
    blueprint = Blueprint("compare", __name__)

    @blueprint.get("/compare")
    def show() -> str:
        abort(404)

    return blueprint
