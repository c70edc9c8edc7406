"""The fonts of the PDF: their scripts, printable characters and licences, and the size of the wheel."""

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pikepdf
import pytest
import typst

from cardwright.formats.languages import language_of
from cardwright.formats.pdf import render_pdf
from cardwright.formats.pdf.characters import printable
from tests.formats.pdf_files import faults
from tests.formats.records import record

ROOT = Path(__file__).parents[2]
FONTS = ROOT / "src/cardwright/formats/pdf/fonts"
LARGEST_WHEEL = 10_000_000

SCRIPTS = {
    "Telugu": ("తెలుగు విజ్ఞానం", "te"),
    "Malayalam": ("മലയാളം അവൻ പറഞ്ഞു", "ml"),
    "Kannada": ("ಕನ್ನಡ ಮೌಲ್ಯಮಾಪನ", "kn"),
    "Gujarati": ("ગુજરાતી ખાતરી", "gu"),
    "Gurmukhi": ("ਪੰਜਾਬੀ ਵਿੱਚ", "pa"),
    "Oriya": ("ଓଡ଼ିଆ ସଠିକତା", "or"),
    "Sinhala": ("සිංහල ශ්‍රී ක්‍ය", "si"),
    "Khmer": ("ភាសាខ្មែរ ស្ត្រី", "km"),
    "Lao": ("ພາສາລາວ", "lo"),
    "Myanmar": ("မြန်မာ က္က", "my"),
    "Ethiopic": ("አማርኛ", "am"),
    "Georgian": ("ქართული", "ka"),
    "Armenian": ("հայերեն", "hy"),
    "Thaana": ("ދިވެހި", "dv"),
    "Syriac": ("ܠܫܢܐ ܣܘܪܝܝܐ", "syr"),
    "NKo": ("ߒߞߏ", "nqo"),
    "Adlam": ("𞤀𞤣𞤤𞤢𞤥", None),
    "Tifinagh": ("ⵜⵉⴼⵉⵏⴰⵖ", None),
    "OlChiki": ("ᱚᱞ ᱪᱤᱠᱤ", None),
    "MeeteiMayek": ("ꯃꯩꯇꯩ ꯃꯌꯦꯛ", None),
    "Javanese": ("ꦧꦱꦗꦮ", None),
    "Sundanese": ("ᮘᮞ ᮞᮥᮔ᮪ᮓ", None),
    "CanadianAboriginal": ("ᐃᓄᒃᑎᑐᑦ", None),
    "Cherokee": ("ᏣᎳᎩ", None),
    "Lisu": ("\ua4e1\ua4f2-\ua4e2\ua4f4", None),
    "Yi": ("ꆈꌠꉙ", None),
    "Emoji": ("🪿🩷🫨🛜 👩🏽‍🔬", None),
}


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_script_is_drawn_by_its_font_in_headings_tables_and_prose(script: str) -> None:
    text, language = SCRIPTS[script]
    content = {
        "model_overview": {"model_name": text, "model_owner": text},
        "intended_uses": {"purpose_of_model": text},
        "evaluation_details": [{"name": text}],
        "additional_information": {"custom_details": {text: text}},
    }
    printed = render_pdf(record(content))
    assert printed.unprintable == ()
    assert any(script in face for face in faces_of(printed.data))
    assert faults(printed.data) == []
    assert language_of(text) == language


def faces_of(pdf: bytes) -> set[str]:
    """The fonts that a document embeds, by their PostScript names."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {
            str(font.BaseFont).partition("+")[2]
            for page in document.pages
            for font in page.resources.get("/Font", pikepdf.Dictionary()).values()
        }


def test_the_template_names_every_family_that_is_shipped() -> None:
    look = (FONTS.parent / "template/look.typ").read_text(encoding="utf-8")
    named = set(re.findall(r'"([^"]+)"', look.partition("#let faces = (")[2].partition("\n#let")[0]))
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    assert named == set(found.families())


def test_every_character_that_counts_as_printable_can_be_printed() -> None:
    characters = sorted(printable() - {" "})
    lines = ["".join(characters[start : start + 60]) for start in range(0, len(characters), 60)]
    printed = render_pdf(record({"intended_uses": {"purpose_of_model": "\n".join(lines)}}))
    assert printed.unprintable == ()


def test_the_wheel_stays_under_ten_megabytes_and_carries_the_licences(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.stat().st_size < LARGEST_WHEEL
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        licence = archive.read("cardwright/formats/pdf/fonts/LICENSE-Noto.txt").decode()
    assert {Path(name).name for name in names} >= {path.name for path in FONTS.iterdir()}
    licences = {name.rpartition("/")[2] for name in names if ".dist-info/licenses/" in name}
    assert licences >= {"LICENSE-Noto.txt", "LICENSE-Source-Code.md", "LICENSE-Source-Sans.md"}
    assert "SIL OPEN FONT LICENSE" in licence
    assert "Copyright" in licence
