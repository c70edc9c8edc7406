"""The blocks that Python writes as HTML: escaped, complete, and right where a part was kept from another card."""

import json

from markupsafe import Markup

from cardwright.core.comparison import compare
from cardwright.formats.html_blocks import fields, line_graph, metric_table, small_matrix
from cardwright.formats.html_page import render_html
from cardwright.formats.html_tables import table
from cardwright.formats.html_values import written
from cardwright.formats.literals import parse_literally
from cardwright.formats.metric_groups import metric_section
from cardwright.formats.numbers import rounded
from cardwright.formats.outline import Column, Field, LineGraph, Matrix, MetricTable, Section, Table
from cardwright.formats.values import Text, code_of, text_of
from tests.formats.records import record

HOSTILE = "<b onclick='x'>\"&\u202e"
SAFE = "&lt;b onclick=&#39;x&#39;&gt;&#34;&amp;[U+202E]"


def section(*metrics: object) -> Section:
    made = metric_section(
        parse_literally(json.dumps({"name": HOSTILE, "metric_data": metrics})), "evaluation-1-1", 3, "here"
    )
    assert made is not None
    return made


def test_no_text_of_a_chart_or_table_is_html() -> None:
    named = {"name": HOSTILE, "notes": HOSTILE}
    curve = named | {"type": "linear_graph", "value": [[0, 1], [1, 2]], "x_axis_name": HOSTILE, "y_axis_name": HOSTILE}
    matrix = named | {"type": "matrix", "value": [[1.23456]], "x_axis_name": [HOSTILE], "y_axis_name": [HOSTILE]}
    figure = named | {"type": "number", "value": 0.5}
    blocks = section(curve, matrix, figure).blocks
    for block in blocks:
        if isinstance(block, LineGraph):
            shown = line_graph(block, "a")
        elif isinstance(block, Matrix):
            shown = small_matrix(block, "a", in_row=False)
        else:
            assert isinstance(block, MetricTable)
            shown = metric_table(block, HOSTILE)
        assert ("<b" in shown, "onclick='" in shown, "\u202e" in shown) == (False, False, False)
        assert shown.count(SAFE) > 2
    assert len(blocks) == 3


def test_fields_call_the_marks_of_a_page_only_where_they_have_a_path() -> None:
    seen: list[tuple[str, str, str]] = []

    def mark(kind: str, path: str, label: str) -> str:
        seen.append((kind, path, label))
        return f"[{kind}]"

    rows = [Field(Text("Owner"), (Text("a"), Text("<i>")), "model_overview.model_owner"), Field(Text("Made"), ())]
    assert fields(rows, mark) == Markup(
        '<dl class="cw-kv">\n[row]<dt id="at-model_overview.model_owner">Owner[pin]</dt>'
        "<dd><div>a</div><div>&lt;i&gt;</div>[form]</dd>[endrow]\n<dt>Made</dt><dd></dd>\n</dl>\n"
    )
    assert seen == [
        ("row", "model_overview.model_owner", "Owner"),
        ("pin", "model_overview.model_owner", ""),
        ("form", "model_overview.model_owner", "Owner"),
        ("endrow", "model_overview.model_owner", ""),
    ]


def test_a_kept_text_is_not_shown_in_place_of_one_that_is_code_or_a_link() -> None:
    assert [written(text_of("a_name")), written(code_of("a_name"))] == ["a_name", "<code>a_name</code>"]
    first, other = (Text("arn", code=True, link=f"/registry/{n}") for n in (1, 2))
    assert ('href="/registry/1"' in written(first), 'href="/registry/2"' in written(other)) == (True, True)


def test_equal_numbers_with_other_digits_keep_their_own_rounding() -> None:
    for _ in range(2):
        found = [rounded(number) for number in ("1", "1.0", "1.00001", 1, 1.0, "1e0", "100000000000", "1E+11", "-0.0")]
        assert found == ["1", "1", "1.000", "1", "1", "1", "100,000,000,000", "100,000,000,000", "0"]


def test_a_table_without_columns_or_rows_keeps_what_it_has() -> None:
    assert table(Table((), ((), ())), "x").count("<tr></tr>") == 3  # the head and two rows
    empty = table(Table((Column("A"), Column("B", numeric=True)), ()), "x")
    assert ("A</th>" in empty, 'class="cw-num cw-f0">B</th>' in empty, "<td" in empty) == (True, True, False)


def test_names_of_deviations_are_kept_without_those_that_occur_twice() -> None:
    def content(*names: str) -> dict[str, object]:
        data = [{"name": name, "type": "number", "value": 0.5} for name in names]
        return {"evaluation_details": [{"name": "J", "metric_groups": [{"name": "G", "metric_data": data}]}]}

    once, twice = content("auc", "auc - standard_deviation"), content("auc", "auc_std", "auc_std")
    for _ in range(2):
        assert [change.before_deviation for change in compare(once, once).metrics] == [0.5]
        assert [change.before_deviation for change in compare(twice, twice).metrics] == [None, None, None]


def test_curves_with_equal_axes_share_them_and_others_do_not() -> None:
    def curve(name: str, top: float) -> dict[str, object]:
        return {"name": name, "type": "linear_graph", "value": [[0, 0], [top, top]], "notes": "alone"}

    metrics = [curve("a", 1), curve("b", 5000), curve("c", 1)]
    details = [{"name": "J", "metric_groups": [{"name": "G", "metric_data": metrics}]}]
    page = render_html(record(json.dumps({"evaluation_details": details}))).data.decode()
    drawn = [part.partition("</svg>")[0] for part in page.split('<svg class="ch-s"')[1:]]
    axes = ["".join(line for line in part.split("<") if "ch-grid" in line or "ch-t" in line) for part in drawn]
    assert (len(drawn), axes[0] == axes[2], axes[0] == axes[1]) == (3, True, False)
