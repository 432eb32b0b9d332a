import pytest
from skerry import bench, figure, table

LOG = """\
[0.1] kernel: up
BENCH kernel/call-reply/other-space/0-words instructions 400 2 0
bench: BENCH kernel/of-our-own instructions 12.5 0 0
BENCH torn line
"""


def test_figures_are_read_from_the_log():
    rows = list(figure.said(LOG))
    assert [row["name"] for row in rows] == ["kernel/call-reply/other-space/0-words",
                                             "kernel/of-our-own"]
    assert (rows[0]["value"], rows[0]["switches"], rows[0]["peer"]) == (400, 2, 432)
    assert (rows[1]["value"], rows[1]["peer"]) == (12.5, None)


def test_a_dash_is_no_figure():
    row, = figure.said("BENCH linux/socket instructions - - -")
    assert row["value"] is None
    assert bench.cells_of([row])[1][1] == "-"


@pytest.mark.parametrize("pattern, beginnings", [
    ("kernel/map", ["kernel/"]), ("kernel/processors/2", ["kernel/processors"]), ("linux/pipe", ["linux/"]),
    ("kernel/revoke", ["kernel/", "kernel/revoke/100,000/beside-copies"]), ("boot", ["boot/"]),
    ("kernel", [name for name in bench.BEGINNINGS if name.startswith("kernel")]), ("page", bench.BEGINNINGS),
    ("", bench.BEGINNINGS)])
def test_only_what_is_asked_for_boots(pattern, beginnings):
    assert bench.needed(pattern) == beginnings


def test_rows_below_linux_are_counted():
    def row(name, value, linux):
        return {"name": name, "value": value, "linux": linux}
    assert bench.below([row("linux/a", 1, 2), row("linux/b", 2, 2), row("linux/c", None, 2),
                        row("boot/d", 1, 2)]) == "1 of 2 rows are below Linux"


def test_the_document_says_how_each_figure_was_taken():
    text = bench.document(bench.cells_of(list(figure.said(LOG))))
    assert "| latency/ |" in text and "| kernel/of-our-own | 12.5 | instructions |" in text


def test_the_table_lines_up():
    head, *rows = bench.cells_of(list(figure.said(LOG)))
    lines = list(table.lines(head, rows, text={2, 5}))
    assert len(lines) == 3 and lines[1].index("instructions") == lines[2].index("instructions")
