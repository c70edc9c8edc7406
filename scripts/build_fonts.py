"""Build the fonts of the PDF export, and the table of drawable characters, from npm and Debian packages.

Needs apt-get, npm, and the Python packages fonttools and brotli: python scripts/build_fonts.py
"""

import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import unicodedata
from itertools import pairwise
from pathlib import Path

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._g_l_y_f import table__g_l_y_f

TARGET = Path(__file__).parent.parent / "src/cardwright/formats/pdf/fonts"
NPM = {"source-sans": "3.52.0", "source-code-pro": "2.42.0", "@fontsource/noto-emoji": "5.3.2"}
DEBIAN = {"fonts-noto-core": "20201225-1", "fonts-noto-cjk": "1:20220127+repack1-1"}
SANS = ("Regular", "It", "Semibold", "SemiboldIt", "Bold")
CODE = ("Regular", "Semibold")
TWO_WEIGHTS = (
    "Arabic", "Hebrew", "Thaana", "Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Oriya", "Tamil", "Telugu",
    "Kannada", "Malayalam", "Sinhala", "Thai", "Lao", "Khmer", "Myanmar", "Ethiopic", "Georgian", "Armenian",
)  # fmt: skip
ONE_WEIGHT = (
    "Syriac", "NKo", "Adlam", "Tifinagh", "OlChiki", "MeeteiMayek", "Javanese", "Sundanese", "CanadianAboriginal",
    "Cherokee", "Lisu", "Yi", "Math", "Symbols", "Symbols2",
)  # fmt: skip
NOTO = {**dict.fromkeys(TWO_WEIGHTS, ("Regular", "Bold")), **dict.fromkeys(ONE_WEIGHT, ("Regular",))}
CJK_ENCODINGS = ("gb2312", "big5", "shift_jis", "euc_kr")
# A character that a font draws is treated as assigned, even if this Python's Unicode version does not have it ("Cn").
INVISIBLE = {"Cc", "Cs", "Co"}
# These characters reorder or hide their neighbours. Joiners and direction marks between letters are kept.
REORDERING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A), *range(0x206A, 0x2070), 0xFEFF, 0xFFFE, 0xFFFF}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        npm, debian = unpacked_from_npm(work), unpacked_from_debian(work)
        shutil.rmtree(TARGET, ignore_errors=True)
        TARGET.mkdir(parents=True)
        for style in SANS:
            shutil.copy(npm["source-sans"] / f"OTF/SourceSans3-{style}.otf", TARGET)
        for style in CODE:
            shutil.copy(npm["source-code-pro"] / f"OTF/SourceCodePro-{style}.otf", TARGET)
        noto = debian / "usr/share/fonts/truetype/noto"
        for name, styles in NOTO.items():
            for style in styles:
                without_hints(noto / f"NotoSans{name}-{style}.ttf").save(TARGET / f"NotoSans{name}-{style}.ttf")
        emoji = TTFont(npm["@fontsource/noto-emoji"] / "files/noto-emoji-emoji-400-normal.woff2", recalcTimestamp=False)
        emoji.flavor = None
        emoji.save(TARGET / "NotoEmoji-Regular.ttf", reorderTables=True)
        east_asian(debian / "usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc").save(
            TARGET / "NotoSansCJKsc-Regular.ttf"
        )
        shutil.copy(npm["source-sans"] / "LICENSE.md", TARGET / "LICENSE-Source-Sans.md")
        shutil.copy(npm["source-code-pro"] / "LICENSE.md", TARGET / "LICENSE-Source-Code.md")
        (TARGET / "LICENSE-Noto.txt").write_text(noto_licence(npm["@fontsource/noto-emoji"] / "LICENSE"), "utf-8")
    (TARGET / "coverage.json").write_text(json.dumps(coverage(), separators=(",", ":")) + "\n", encoding="utf-8")


def unpacked_from_npm(work: Path) -> dict[str, Path]:
    found = {}
    for name, version in NPM.items():
        packed = run(["npm", "pack", "--silent", f"{name}@{version}"], work).split()[-1]
        target = work / packed.removesuffix(".tgz")
        with tarfile.open(work / packed) as archive:
            archive.extractall(target, filter="data")
        found[name] = target / "package"
    return found


def unpacked_from_debian(work: Path) -> Path:
    for name, version in DEBIAN.items():
        run(["apt-get", "download", f"{name}={version}"], work)
    for package in work.glob("*.deb"):
        run(["dpkg-deb", "-x", package.name, "debian"], work)
    return work / "debian"


def run(command: list[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout  # noqa: S603 - fixed


def without_hints(path: Path) -> TTFont:
    """Return a font with all characters and shaping rules, but without hints and glyph names: a third smaller."""
    font = TTFont(path, recalcTimestamp=False)
    options = Options()
    options.layout_features = ["*"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.hinting = False
    options.drop_tables += ["DSIG", "MATH"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=font.getBestCmap())
    subsetter.subset(font)
    return font


def east_asian(collection: Path) -> TTFont:
    """Return the common national character sets with TrueType outlines, because validators misread CID-keyed ones."""
    font = TTFont(collection, fontNumber=2, recalcTimestamp=False)  # the simplified Chinese face
    options = Options()
    options.layout_features = ["ccmp", "mark", "mkmk"]
    options.name_IDs = ["*"]
    options.notdef_outline = True
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx", "DSIG"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=east_asian_characters())
    subsetter.subset(font)
    return with_true_type_outlines(font)


def east_asian_characters() -> set[int]:
    kept = {*range(0x3000, 0x3100), *range(0x31F0, 0x3200), *range(0xFF01, 0xFFEF)}
    for encoding in CJK_ENCODINGS:
        for lead in range(0x81, 0xFF):
            for trail in range(0x40, 0xFF):
                try:
                    text = bytes((lead, trail)).decode(encoding)
                except UnicodeDecodeError:
                    continue
                kept |= {ord(character) for character in text if ord(character) > 0x2000}
    return kept


def with_true_type_outlines(font: TTFont) -> TTFont:
    outlines, order = font.getGlyphSet(), font.getGlyphOrder()
    glyphs: table__g_l_y_f = newTable("glyf")
    glyphs.glyphOrder, glyphs.glyphs = order, {}
    for name in order:
        pen = TTGlyphPen(outlines)
        outlines[name].draw(Cu2QuPen(pen, max_err=1.0, reverse_direction=True))
        glyphs.glyphs[name] = pen.glyph()
    font["loca"], font["glyf"] = newTable("loca"), glyphs
    metrics = font["hmtx"].metrics
    for name in order:
        glyphs.glyphs[name].recalcBounds(glyphs)
        metrics[name] = (metrics[name][0], getattr(glyphs.glyphs[name], "xMin", 0))
    maximum = font["maxp"]
    maximum.tableVersion = 0x00010000
    zeros = ("maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
             "maxStackElements", "maxSizeOfInstructions", "maxComponentElements")  # fmt: skip
    for field in zeros:
        setattr(maximum, field, 1 if field == "maxZones" else 0)
    font["post"].formatType = 3.0
    del font["CFF "]
    font.sfntVersion = "\000\001\000\000"
    return font


def noto_licence(open_font_licence: Path) -> str:
    """Return the Open Font License under the copyright lines of the Noto fonts."""
    fonts = [TTFont(path, lazy=True) for path in sorted(TARGET.glob("Noto*"))]
    lines = sorted({str(font["name"].getDebugName(0)).strip() for font in fonts})
    _, _, terms = open_font_licence.read_text("utf-8").partition("\n")
    return "\n".join(lines) + "\n" + terms


def coverage() -> list[list[int]]:
    """Return the ranges (first, last) of the characters that a font can draw and that are safe to draw."""
    drawn: set[int] = set()
    for path in sorted(TARGET.glob("*.?tf")):
        drawn |= set(TTFont(path, lazy=True).getBestCmap())
    points = sorted(
        point for point in drawn - REORDERING if unicodedata.category(chr(point)) not in INVISIBLE or point == 0x20
    )
    starts = [points[0]] + [after for before, after in pairwise(points) if after != before + 1]
    ends = [before for before, after in pairwise(points) if after != before + 1] + [points[-1]]
    return [[start, end] for start, end in zip(starts, ends, strict=True)]


if __name__ == "__main__":
    sys.exit(main())
