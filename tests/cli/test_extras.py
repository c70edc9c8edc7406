"""The command line and the SDK report a missing extra in one sentence, without a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cardwright import PdfExtraMissing

EXTRAS = (
    "argon2",
    "flask",
    "httptools",
    "obstore",
    "psycopg",
    "psycopg_pool",
    "sklearn",
    "typst",
    "uvicorn",
    "xlsxwriter",
)
BLOCKED = f"import sys\nfor name in {EXTRAS}:\n    sys.modules[name] = None\n"
COMMAND = BLOCKED + "from cardwright.cli import main\nsys.argv = ['cardwright', *sys.argv[1:]]\nmain()\n"


def run(code: str, home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CARDWRIGHT_"))}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=environment | {"CARDWRIGHT_HOME": str(home)},
    )


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("card export fraud --output fraud.pdf", "PDF needs the package typst. Install it with: pip install"),
        ("card export --all --format pdf --output all", "PDF needs the package typst. Install it with: pip install"),
        ("card list --format xlsx --output fraud.pdf", "XLSX needs the package XlsxWriter. Install it with: pip"),
        ("serve", "The server needs an extra: pip install 'cardwright[server]'"),
        ("demo", "The server needs an extra: pip install 'cardwright[server]'"),
        ("worker --objects s3", "Objects in s3 need an extra: pip install 'cardwright[objects]'"),
        ("migrate --database-url postgresql://host/name", "PostgreSQL needs an extra: pip install"),
    ],
)
def test_a_missing_extra_is_one_sentence(
    arguments: str, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    home = tmp_path / "home"
    Path("content.json").write_text("{}", "utf-8")
    assert run(COMMAND, home, "card", "create", "fraud", "--content", "content.json").returncode == 0
    ended = run(COMMAND, home, *arguments.split())
    assert ended.returncode == 1
    message = json.loads(ended.stderr)["message"] if ended.stderr.startswith("{") else ended.stderr
    assert message.removeprefix("cardwright: ").startswith(sentence)
    assert ended.stderr.count("\n") == 1
    assert not Path("fraud.pdf").exists()


def test_a_missing_extra_raises_its_own_exception_class(tmp_path: Path) -> None:
    code = BLOCKED + (
        "import cardwright\n"
        "card = cardwright.ModelCard('fraud', sagemaker_session=cardwright.Session())\n"
        "card.create()\n"
        "try:\n"
        "    card.export('fraud.pdf')\n"
        "except cardwright.PdfExtraMissing as error:\n"
        "    print(error)\n"
        "try:\n"
        "    cardwright.EvaluationJob.from_predictions([1], [1])\n"
        "except ImportError as error:\n"
        "    print(type(error).__name__, error)\n"
    )
    ended = run(code, tmp_path)
    assert ended.stdout.splitlines() == [
        "PDF needs the package typst. Install it with: pip install 'cardwright[pdf]'",
        'ScikitLearnMissing This needs scikit-learn: pip install "cardwright[scikit-learn]"',
    ]
    assert ended.stderr == ""


def test_a_notebook_shows_the_sentence_of_a_missing_extra_without_a_traceback() -> None:
    error = PdfExtraMissing()
    assert error._render_traceback_() == [str(error)]  # what IPython calls
