"""The documentation site: built strictly, it loads nothing from other hosts and fits into narrow windows."""

import functools
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser
from scripts.pictures import PICTURES, demo, take_pictures

ROOT = Path(__file__).parent.parent
PAGES = ("index.html", "tutorial/console.html", "reference/sdk/model-card.html", "reference/operations.html")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site, as ``make docs`` builds it."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    quiet = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, check=False, cwd=ROOT, env=quiet, capture_output=True)
    assert built.returncode == 0, built.stderr.decode()
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.mark.parametrize("width", [1440, 390])
def test_pages_load_from_their_own_host_alone_and_fit(site: str, browser: Browser, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    hosts: set[str] = set()
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    for name in PAGES:
        page.goto(f"{site}/{name}", wait_until="networkidle")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    assert hosts == {urlsplit(site).netloc}
    page.close()


def test_the_pictures_can_be_taken_again(browser: Browser, tmp_path: Path) -> None:
    taken = tmp_path / "pictures"
    taken.mkdir()
    with demo(tmp_path) as address:
        take_pictures(browser, address, taken)
    assert {path.name for path in taken.iterdir()} == {path.name for path in PICTURES.iterdir()}


def test_the_search_of_the_site_finds_a_class(site: str, browser: Browser) -> None:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.goto(f"{site}/index.html")
    page.locator("input.md-search__input").fill("ModelPackageModelCard")
    page.locator(".md-search-result__link").first.wait_for()
    page.close()
