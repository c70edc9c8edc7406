"""What a server makes soon after its start, so that the first page and the first search do not wait for it."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from bench.content import card_content

from cardwright.actions.cards import create_card
from cardwright.actions.users import create_user
from cardwright.core.card import Status
from cardwright.core.names import OPEN_ACCOUNT, Scope
from cardwright.core.people import Actor, Role
from cardwright.http import Request
from cardwright.server.stores import migrate, open_existing_store
from cardwright.server.wsgi_pages import WsgiApplication, WsgiPages
from cardwright.settings import Settings

WARMED = """
import gc, sys
from pathlib import Path
from cardwright.server.app import build
from cardwright.settings import Settings

application = build(Settings(home=Path(sys.argv[1])))
cold = {name for name in ("flask", "sqlalchemy.sql") if name in sys.modules}
application.warm_up()
warm = {name for name in ("flask", "sqlalchemy.sql") if name in sys.modules}
print("flask" in cold, sorted(warm), gc.get_freeze_count() > 10_000, len(gc.get_objects()) < 10_000)
print(round(sys.getswitchinterval(), 6))
application.close()
"""

FIRST_PAGES = """
import sys
from pathlib import Path
from cardwright.http import Request
from cardwright.formats.template_cache import TemplateCache
from cardwright.server.app import build
from cardwright.settings import Settings

TemplateCache.load_bytecode = lambda *_: None  # an earlier process kept all templates
application = build(Settings(home=Path(sys.argv[1]), auth=sys.argv[2]))
application.warm_up()
import jinja2
compiled = []
compile_one = jinja2.Environment.compile
jinja2.Environment.compile = lambda self, source, name=None, *rest, **more: (
    compiled.append(name) or compile_one(self, source, name, *rest, **more))
modules = {name for name in sys.modules if name.startswith("cardwright.")}
for path in sys.argv[3:]:
    page = application.console.respond(Request("GET", path, "", {"host": "localhost"}, b"", peer="127.0.0.1"))
    print(page.status)
print(compiled, sorted({name for name in sys.modules if name.startswith("cardwright.")} - modules))
application.close()
"""


@pytest.mark.parametrize(("auth", "paths"), [("none", ["/cards", "/cards/card"]), ("sigv4", ["/sign-in"])])
def test_the_first_pages_of_a_warm_server_compile_and_import_nothing(
    tmp_path: Path, auth: str, paths: list[str]
) -> None:
    settings = Settings(home=tmp_path)
    migrate(settings)
    with closing(open_existing_store(settings)) as store:
        actor = Actor(Scope("us-east-1", OPEN_ACCOUNT), "me", Role.ADMIN)
        with store.open_unit(actor) as unit:
            create_card(unit, "card", card_content("card"), Status.DRAFT)
            create_user(unit, "ann", Role.ADMIN, "hash")
    command = [sys.executable, "-c", FIRST_PAGES, str(tmp_path), auth, *paths]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ended.stdout.split("\n")[:-1] == ["200"] * len(paths) + ["[] []"]


def test_a_warm_server_has_its_console_collects_little_and_switches_threads_often(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", WARMED, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ended.stdout.split("\n")[:2] == ["False ['flask', 'sqlalchemy.sql'] True True", "0.0002"]


def test_a_server_without_the_console_warms_up_too() -> None:
    def make() -> WsgiApplication:
        raise ImportError("flask")

    pages = WsgiPages(make)
    pages.prepare()
    assert pages.respond(Request("GET", "/cards", "", {}, b"", peer="127.0.0.1")).status == 404
