"""Recognises files that are not text reports by their first bytes, and returns what to upload instead."""

_ZIP, _PARQUET = b"PK\x03\x04", b"PAR1"
_PAGES = (b"<!doctype html", b"<html")
_OF_INSPECT = (b"_journal/", b"header.json", b"summaries.json")
_HEAD = 4096


def other_file(source: bytes | str) -> str | None:
    """Return the message that refuses a file by its first bytes; None for a file that may be a report."""
    head = source[:_HEAD].encode("utf-8", "replace") if isinstance(source, str) else source[:_HEAD]
    if head.startswith(_ZIP):
        whole = source.encode("utf-8", "replace") if isinstance(source, str) else source
        if any(name in whole for name in _OF_INSPECT):
            return (
                "This is a log of Inspect in its .eval format. Convert it with `inspect log convert --to json`, and"
                " upload the JSON file instead."
            )
        return "This is a ZIP file. Upload the report that is in it instead."
    if head.startswith(_PARQUET):
        return (
            "This is a Parquet file, such as lighteval writes for single samples. Upload the results as JSON instead."
        )
    if head.lstrip().lower().startswith(_PAGES):
        return "This is an HTML page. Tools that write pages, such as Evidently, also write JSON: upload that instead."
    return None
