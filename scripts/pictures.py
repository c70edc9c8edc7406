"""Takes the pictures of the documentation from a demo server. Run with: make pictures."""

import contextlib
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from cardwright import ModelCard, Session

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
CARD = "fraud-classifier"
BYTES = 150_000
"""The most that a picture may have."""

_DEADLINE = 120  # seconds, on a machine that has other work too
_WIDTH, _HEIGHT = 1280, 800
_PAGES = {
    "list": "/cards",
    "card": f"/cards/{CARD}",
    "compare": f"/compare?a={CARD}:2&b={CARD}:3",
    "history": f"/cards/{CARD}/history",
}


def main() -> None:
    executable = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=["--no-sandbox", "--disable-gpu"])
        take_pictures(browser, address, PICTURES)
        browser.close()


def take_pictures(browser: Browser, address: str, folder: Path) -> None:
    """Writes all pictures of a demo server into a folder.

    Raises:
        RuntimeError: a page does not open.
        ValueError: a picture is too large.
    """
    page = browser.new_page(viewport={"width": _WIDTH, "height": _HEIGHT}, color_scheme="light")
    page.set_default_timeout(_DEADLINE * 1000)
    for name, path in _PAGES.items():
        _open(page, address + path)
        _write(folder / f"{name}.png", _picture(page))
    _open(page, f"{address}/cards/{CARD}")
    page.locator(f'form[action="/cards/{CARD}/edit"] button').first.click()
    page.wait_for_url("**/edit/**")
    _write(folder / "form.png", _picture(page))
    page.close()
    with tempfile.TemporaryDirectory() as scratch:
        pdf = ModelCard.load(CARD, sagemaker_session=Session(address)).export(Path(scratch) / "card.pdf")
        with contextlib.closing(pypdfium2.PdfDocument(pdf)) as document:
            _write(folder / "pdf.png", document[0].render(scale=1.2).to_pil())


def _open(page: Page, address: str) -> None:
    answer = page.goto(address)
    if answer is None or not answer.ok:
        raise RuntimeError(f"{address} does not open.")


def _picture(page: Page) -> Image.Image:
    page.evaluate("document.fonts.ready")
    return Image.open(io.BytesIO(page.screenshot(animations="disabled")))


def _write(file: Path, picture: Image.Image) -> None:
    """Writes a picture as a small PNG: as many colours as fit into ``BYTES``."""
    for colours in (256, 128, 64, 32):
        data = io.BytesIO()
        picture.convert("RGB").quantize(colours, dither=Image.Dither.NONE).save(data, "PNG", optimize=True)
        if data.tell() <= BYTES:
            file.write_bytes(data.getvalue())
            return
    raise ValueError(f"{file.name} has more than {BYTES:,} bytes")


@contextlib.contextmanager
def demo(home: Path) -> Iterator[str]:
    """The address of a demo server that has loaded its examples."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    log = home / "demo.log"
    environment = os.environ | {"LOGNAME": "ana"}  # whom the console greets
    command = [sys.executable, "-m", "cardwright", "demo", "--home", str(home / "demo"), "--port", str(port)]
    command += ["--log-level", "error"]
    with log.open("wb") as output, subprocess.Popen(command, stderr=output, env=environment) as server:  # noqa: S603
        try:
            _wait_for_examples(server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            sys.stderr.write(log.read_text("utf-8"))


def _wait_for_examples(server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _DEADLINE
    while "\nOpen " not in log.read_text("utf-8"):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("The demo did not load its examples.")
        time.sleep(0.1)


if __name__ == "__main__":
    main()
