"""Exports of several cards as one zip file: a page that shows how far it is, and the file."""

import io
import threading
import zipfile
from collections.abc import Sequence

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from cardwright.actions import archives
from cardwright.actions.card_record import card_record
from cardwright.console.context import PageContext, of_application, page_context
from cardwright.console.refusals import words_of
from cardwright.core.archive import ArchiveLine
from cardwright.core.errors import CardwrightError
from cardwright.core.people import Actor
from cardwright.formats import FORMATS, format_named

_PATIENCE = 10  # seconds after which an archive that waits for its turn says so

blueprint = Blueprint("archives", __name__)


def begin(context: PageContext, format_name: str, names: Sequence[str]) -> Response:
    """Begin an export and lead to its page."""
    format_named(format_name)
    with context.writing() as unit:
        archive = archives.begin_archive(unit, format_name, names)
    of_application(_Printing).start(context.actor(), archive.archive_id, format_name)
    return redirect(url_for("archives.show", archive_id=archive.archive_id), 303)


@blueprint.get("/exports/<card_id:archive_id>")
def show(archive_id: str) -> str:
    context = page_context()
    with context.reading() as unit:
        archive, lines = archives.find_archive(unit, archive_id)
    waiting = sum(line.waits for line in lines)
    live = request.headers.get("HX-Target") == "archive"
    return render_template(
        "archive_progress.html" if live else "archive.html",
        archive=archive,
        title=FORMATS[archive.format].title,
        total=len(lines),
        printed=sum(line.file_name is not None for line in lines),
        waiting=waiting,
        left_out=[line for line in lines if line.reason],
        stalled=waiting and archive.is_stalled(context.now()),
    )


@blueprint.post("/exports/<card_id:archive_id>/continue")
def go_on(archive_id: str) -> Response:
    context = page_context()
    with context.writing() as unit:
        archive, _ = archives.find_archive(unit, archive_id)
        claimed = archives.continue_archive(unit, archive_id)
    if claimed:
        of_application(_Printing).start(context.actor(), archive_id, archive.format)
    return redirect(url_for("archives.show", archive_id=archive_id), 303)


@blueprint.get("/exports/<card_id:archive_id>/model-cards.zip")
def file(archive_id: str) -> Response:
    context = page_context()
    made = io.BytesIO()
    with context.reading() as unit, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        if any(line.waits for line in archives.find_archive(unit, archive_id)[1]):
            abort(404)
        for name, data in archives.documents_of(unit, archive_id):
            zipped.writestr(name, data)
    answer = Response(made.getvalue(), content_type="application/zip")
    answer.headers["Content-Disposition"] = 'attachment; filename="model-cards.zip"'
    return answer


class _Printing:
    """Prints the documents of archives in a thread, one archive at a time, so that pages are not slowed by several."""

    def __init__(self, context: PageContext) -> None:
        self._context = context
        self._turn = threading.Lock()

    def start(self, actor: Actor, archive_id: str, format_name: str) -> None:
        arguments = (actor, archive_id, format_name)
        threading.Thread(target=self._print_all, args=arguments, name="archive", daemon=True).start()

    def _print_all(self, actor: Actor, archive_id: str, format_name: str) -> None:
        while not self._turn.acquire(timeout=_PATIENCE):
            with self._context.open_unit(actor, writes=True) as unit:
                archives.wait_for_turn(unit, archive_id)
        try:
            with self._context.open_unit(actor, writes=False) as unit:
                _, lines = archives.find_archive(unit, archive_id)
            for line in lines:
                if line.waits and not self._print(actor, archive_id, format_name, line.card_name):
                    return
        finally:
            self._turn.release()

    def _print(self, actor: Actor, archive_id: str, format_name: str, name: str) -> bool:
        """Print and store one card. False when the archive was deleted."""
        data: bytes | None = None
        try:
            with self._context.open_unit(actor, writes=False) as unit:
                record = card_record(unit, name)
            data = FORMATS[format_name].print(record)
            line = ArchiveLine(name, f"{name}-v{record.version}{FORMATS[format_name].extension}", None)
        except CardwrightError as error:
            line = ArchiveLine(name, None, words_of(error))
        with self._context.open_unit(actor, writes=True) as unit:
            return archives.store_document(unit, archive_id, line, data)
