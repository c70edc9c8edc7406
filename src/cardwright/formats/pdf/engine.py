"""Runs Typst: takes the template and the data of a document, and returns the bytes of a PDF.

The compiler keeps recent documents in a cache that Python cannot clear. So a long document is compiled in a separate
process, which releases the memory when it exits.
"""

import base64
import functools
import importlib.metadata
import importlib.resources
import json
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from cardwright.core.errors import CardwrightError, PdfExtraMissing, PrintingFailed
from cardwright.formats.pdf.streams import with_clear_ends

if TYPE_CHECKING:
    import typst

_FOLDER = Path(str(importlib.resources.files(__package__)))
_STANDARDS: "list[typst.PDFStandard]" = ["ua-1", "a-3a"]
MAX_IN_PROCESS = 60_000  # characters of data, about twenty pages
_SECONDS = 300
_PICTURE = b'#set page(width: auto, height: auto, margin: 0pt)\n#image(bytes(sys.inputs.svg), format: "svg")'
_local = threading.local()


def engine_name() -> str:
    """Name and version of the engine, printed in the document. Another version may write other bytes.

    Raises:
        PdfExtraMissing: Typst is not installed.
    """
    try:
        return f"Typst {importlib.metadata.version('typst')}"
    except importlib.metadata.PackageNotFoundError:
        raise PdfExtraMissing from None


def compile_document(data: dict[str, object], content: str, timestamp: int) -> bytes:
    """Compile a PDF/UA-1 and PDF/A-3a document.

    Args:
        data: the data for the template.
        content: the card content, attached as ``content.json``.
        timestamp: the date of the document, in seconds since the epoch.

    Raises:
        PdfExtraMissing: Typst is not installed.
        PrintingFailed: Typst refused the document, or the separate process failed.
    """
    inputs = {"data": json.dumps(data, ensure_ascii=False, separators=(",", ":")), "content": content}
    if len(inputs["data"]) <= MAX_IN_PROCESS:
        return compile_in_process(inputs, timestamp)
    return _compile_in_subprocess(inputs, timestamp)


def compile_in_process(inputs: dict[str, str], timestamp: int) -> bytes:
    """Compile a document in this process."""
    try:
        import typst
    except ImportError:
        raise PdfExtraMissing from None
    # One compiler for each thread: a busy compiler refuses a second caller.
    if not hasattr(_local, "compiler"):
        _local.compiler = typst.Compiler(
            _FOLDER / "template" / "card.typ", root=_FOLDER / "template", font_paths=_fonts(), ignore_system_fonts=True
        )
    try:
        made = _local.compiler.compile(
            format="pdf", sys_inputs=inputs, pdf_standards=_STANDARDS, timestamp=max(0, timestamp)
        )
    except typst.TypstError as error:
        del _local.compiler
        # Typst puts quoted text in backquotes; they are removed, so that a message never holds card content.
        fault = re.sub(r"`.*`", "...", error.message, flags=re.DOTALL).splitlines()[0][:200]
        raise PrintingFailed(f"Typst refused the document: {fault}") from None
    return with_clear_ends(bytes(made))


def compile_picture(svg: str) -> bytes:
    """Return an SVG picture as PNG, at twice its size.

    Raises:
        PdfExtraMissing: Typst is not installed.
        PrintingFailed: Typst refused the picture.
    """
    try:
        import typst
    except ImportError:
        raise PdfExtraMissing from None
    try:
        made = typst.compile(
            _PICTURE, format="png", ppi=144.0, sys_inputs={"svg": svg}, font_paths=_fonts(), ignore_system_fonts=True
        )
    except typst.TypstError:
        raise PrintingFailed("Typst refused a picture of a chart") from None
    return bytes(made)


@functools.cache
def _fonts() -> "typst.Fonts":
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[_FOLDER / "fonts"])


def _compile_in_subprocess(inputs: dict[str, str], timestamp: int) -> bytes:
    engine_name()
    order = json.dumps({"inputs": inputs, "timestamp": timestamp}).encode()
    try:
        done = subprocess.run(  # noqa: S603 - a module of this package
            [sys.executable, "-m", __name__], input=order, capture_output=True, check=False, timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PrintingFailed(f"The process that prints long documents did not finish: {type(error).__name__}") from None
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise PrintingFailed(f"The process that prints long documents ended with code {done.returncode}") from None
    if "fault" in answer:
        raise PrintingFailed(answer["fault"])
    return base64.b64decode(answer["pdf"])


def main() -> None:
    """Compile one document: read the order from standard input, write the answer to standard output, both as JSON."""
    order = json.load(sys.stdin)
    try:
        answer = {"pdf": base64.b64encode(compile_in_process(order["inputs"], order["timestamp"])).decode()}
    except CardwrightError as error:
        answer = {"fault": str(error)}
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
