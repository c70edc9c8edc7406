"""The types and names of the SDK, as type checkers and `dir` report them."""

import re
import subprocess
import sys
from pathlib import Path

import cardwright
from cardwright import IntendedUses, ModelCard, Session

SAMPLE = Path(__file__).parent / "data" / "typed_sample.py.txt"
ROOT = Path(__file__).parents[2]


def test_mypy_reveals_real_types_and_refuses_wrong_values(tmp_path: Path) -> None:
    text = SAMPLE.read_text("utf-8")
    sample = tmp_path / "typed_sample.py"
    sample.write_text(text, "utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(sample)],
        check=False,  # errors are expected
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    reported: dict[int, str] = {}
    for line, kind, message in re.findall(r"typed_sample\.py:(\d+): (note|error): (.+)", ran.stdout):
        reported[int(line)] = reported.get(int(line), "") + f"{kind}: {re.sub(r'[a-z_]+[.]', '', message)}\n"
    wrong = []
    for number, line in enumerate(text.splitlines(), start=1):
        _, mark, expected = line.partition("# reveal: ")
        wanted = f'note: Revealed type is "{expected}"' if mark else line.partition("# error: ")[2]
        found = reported.pop(number, "")
        if (wanted not in found) if wanted and number > 1 else found:
            wrong.append(f"{number}: {line}\n   {found}")
    assert not wrong, "\n".join(wrong) + ran.stderr
    assert not reported


def test_dir_lists_the_public_names() -> None:
    code = "import cardwright; print(sorted({*cardwright.__all__} - {*dir(cardwright)}))"
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout.strip() == "[]"
    assert "Session" in dir(cardwright)
    assert {name for name in dir(cardwright) if not name.startswith("__")} <= {
        *cardwright.__all__,
        "model_card",
        "session",
    }


def test_the_repr_of_a_session_names_its_store(tmp_path: Path) -> None:
    assert repr(Session(home=tmp_path)) == f"Session(home={str(tmp_path)!r})"
    assert repr(Session("http://127.0.0.1:8765", "eu-west-1")) == (
        "Session('http://127.0.0.1:8765', region='eu-west-1')"
    )
    assert repr(Session.aws("eu-west-1")) == "Session.aws('eu-west-1')"


def test_the_repr_of_sections_and_cards_lists_set_members(tmp_path: Path) -> None:
    assert repr(IntendedUses(purpose_of_model="scoring", risk_rating="Low")) == (
        "IntendedUses(purpose_of_model='scoring', risk_rating=<RiskRatingEnum.LOW: 'Low'>)"
    )
    assert repr(ModelCard("card", sagemaker_session=Session(home=tmp_path))) == (
        "ModelCard(name='card', status='Draft', version=None)"
    )
