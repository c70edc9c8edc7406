"""The files of a folder that is imported: their order, and what a folder with the files of two cards gives."""

import json
import tracemalloc
from hashlib import sha256
from pathlib import Path

from cardwright.client.card_folders import OrderedFile, files_in_order
from cardwright.core.errors import CardwrightError
from cardwright.interchange import ReadingOptions


def record(name: str, contents: list[str], version: int) -> str:
    """The record of a version of a card with these contents, as an export writes it."""
    digests = {number: sha256(text.encode()).hexdigest() for number, text in enumerate(contents, 1)}
    listed = [{"version": number, "content_sha256": digests[number]} for number in range(version, 0, -1)]
    document = {"format": "cardwright-record-1", "name": name, "version": version, "content": contents[version - 1]}
    return json.dumps(document | {"versions": listed})


def write(folder: Path, name: str, contents: list[str], *versions: int) -> None:
    for version in versions or range(1, len(contents) + 1):
        (folder / f"{name}.v{version}.record.json").write_text(record(name, contents, version))


def content(text: str) -> str:
    return json.dumps({"model_overview": {"model_description": text}})


def read(folder: Path) -> tuple[list[tuple[str, int, bool]], list[str]]:
    found = list(files_in_order(folder, ReadingOptions()))
    files = [one for one in found if isinstance(one, OrderedFile)]
    return (
        [(one.file.cards[0].name, one.file.cards[0].version, one.is_last) for one in files],
        [str(one) for one in found if isinstance(one, CardwrightError)],
    )


def test_versions_come_in_their_order_and_the_last_one_is_known(tmp_path: Path) -> None:
    write(tmp_path, "b", [content(str(n)) for n in range(11)])
    write(tmp_path, "a", [content("a")])
    expected = [("a", 1, True), *(("b", n, n == 11) for n in range(1, 12))]
    assert read(tmp_path) == (expected, [])


def test_a_folder_with_files_of_two_cards_of_one_name_is_refused(tmp_path: Path) -> None:
    """The card was deleted and created again between two exports to the folder."""
    write(tmp_path, "a", [content("old 1"), content("old 2"), content("old 3")])
    write(tmp_path, "a", [content("new 1"), content("new 2")])
    write(tmp_path, "b", [content("b")])
    files, faults = read(tmp_path)
    assert files == [("b", 1, True)]
    assert len(faults) == 1
    assert "a was not imported: " in faults[0]
    assert "Remove the files of one of the two cards" in faults[0]


def test_the_memory_does_not_grow_with_the_number_of_files(tmp_path: Path) -> None:
    contents = [content(str(n) + "x" * 90_000) for n in range(60)]
    peaks = []
    for count in (2, 60):
        write(tmp_path, "a", contents[:count])
        tracemalloc.start()
        assert sum(1 for _ in files_in_order(tmp_path, ReadingOptions())) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 1_000_000  # the files have 5.4 MB
