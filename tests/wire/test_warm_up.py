"""What a server makes soon after its start, so that the first page and the first search do not wait for it."""

import subprocess
import sys
from pathlib import Path

from cardwright.http import Request
from cardwright.server.wsgi_pages import WsgiApplication, WsgiPages

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
print(sys.getswitchinterval())
application.close()
"""


def test_a_warm_server_has_its_console_collects_little_and_switches_threads_often(tmp_path: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", WARMED, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ended.stdout.split("\n")[:2] == ["False ['flask', 'sqlalchemy.sql'] True True", "0.001"]


def test_a_server_without_the_console_warms_up_too() -> None:
    def make() -> WsgiApplication:
        raise ImportError("flask")

    pages = WsgiPages(make)
    pages.prepare()
    assert pages.respond(Request("GET", "/cards", "", {}, b"", peer="127.0.0.1")).status == 404
