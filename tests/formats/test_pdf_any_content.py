"""Every content can be printed as a PDF, and no word is lost."""

import json
import unicodedata

from hypothesis import example, given

from cardwright.core.fields import SECTIONS
from cardwright.formats.pdf import render_pdf
from cardwright.formats.pdf.characters import Characters
from tests.formats.contents import ANYTHING, CONTENTS
from tests.formats.pages import leaves
from tests.formats.pdf_files import faults, letters, text_of
from tests.formats.records import evaluated, record


def latin(text: str, *, with_right_to_left: bool) -> bool:
    """pdfium returns these letters in their written order.

    Next to right-to-left letters on a line, it moves and mirrors signs as a writer of that line would have meant them.
    """
    return all(character.isalnum() if with_right_to_left else character <= "~" for character in letters(text)) and (
        text.isascii()
    )


def holds_right_to_left(content: object) -> bool:
    written = json.dumps(content, ensure_ascii=False)
    return any(unicodedata.bidirectional(letter) in {"R", "AL", "AN"} for letter in written)


@given(CONTENTS)
@example(evaluated({"name": "a", "type": "matrix", "value": [[-1e300, 1e-300], [0]], "x_axis_name": ["x" * 200]}))
@example(evaluated({"name": "a", "type": "bar_chart", "value": [1e300, -1e300], "y_axis_name": "\u202e"}))
@example({"\u061e": "<"})
@example({"model_overview": {"model_name": "a\u0301" * 30, "model_owner": "e" + "\u0301" * 60 + "\u200d\ufe0f\u20e3"}})
def test_pages_hold_every_word_and_validators_accept_them(content: dict[str, object]) -> None:
    pdf = render_pdf(record(content)).data
    shown = letters(text_of(pdf))
    right_to_left = holds_right_to_left(content)
    printable = (Characters().lines(leaf) for leaf in leaves(content) if latin(leaf, with_right_to_left=right_to_left))
    assert not [leaf for leaf in printable if letters(leaf) not in shown]
    assert faults(pdf) == []


@given(ANYTHING)
@example({"": None, "\u200b": {"\u00ad": [{}]}, "[U+0F40]": 1, "\u0f40" * 400: "\u0f40" * 3000})
@example({rule.name: 1 for rule in SECTIONS})
@example({rule.name: [[{}], None, {"name": "x", "metric_groups": 3}] for rule in SECTIONS})
@example({rule.name: {field.name: [{"a": [1]}] for field in rule.fields} for rule in SECTIONS})
@example(evaluated({"name": "a", "type": "linear_graph", "value": [[1, 2], [3]]}, 7, {"type": "matrix", "value": [[]]}))
@example({"training_details": {"training_job_details": {"hyper_parameters": [{f"k{n}": str(n)} for n in range(40)]}}})
def test_any_json_prints(content: object) -> None:
    assert faults(render_pdf(record(json.dumps(content))).data) == []
