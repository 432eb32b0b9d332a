"""Rows in columns, for terminals."""


def lines(heading, rows, text=()):
    """The first column and those in `text` to the left, the others to the right."""
    widths = [max(len(row[i]) for row in [heading, *rows]) for i in range(len(heading))]
    for row in [heading, *rows]:
        cells = [cell.ljust(width) if i == 0 or i in text else cell.rjust(width)
                 for i, (cell, width) in enumerate(zip(row, widths))]
        yield "  ".join(cells).rstrip()
