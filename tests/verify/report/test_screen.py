"""The screen: a line is a line, in any encoding; columns line up, numbers are short."""

from __future__ import annotations

import io

import pytest

from verify.cli.output import printed, said, written
from verify.report.screen import aligned, ratio, wrapped
from verify.report.text import Block


def test_a_line_end_in_a_text_ends_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    printed("a\nPASS\x1b[2K\udcff", Block("b\nc"))
    said("d\ne")
    heard = capsys.readouterr()
    assert heard.out == "a\\nPASS\\x1b[2K\\udcff\nb\nc\n"
    assert heard.err == "d\\ne\n"


def test_an_encoding_that_lacks_a_letter() -> None:
    stream = io.TextIOWrapper(raw := io.BytesIO(), encoding="ascii")
    written(stream, ["∂"])
    assert raw.getvalue() == b"\\u2202\n"


def test_ratios_for_people() -> None:
    assert [ratio(v) for v in (0, 0.25, 1e-7, 3e12)] == ["0", "0.25", "1e-07", "3e+12"]


def test_columns_line_up() -> None:
    numbers = aligned([("n", "x"), ("1e+15", "a"), ("inf", "-"), ("0.5", "")])
    assert numbers == ["n      x", "1e+15  a", "  inf  -", "  0.5"]
    lines = aligned([("layer", "n"), ("C1", "12"), ("loss", "3")])
    assert lines == ["layer  n", "C1     12", "loss    3"]


def test_a_long_last_column_goes_on_below_itself() -> None:
    cause = "the cause " * 12
    lines = wrapped([("name", "cause"), ("a", cause), ("bb", "short\n"), ("c", "")])
    assert lines[0] == "name  cause" and lines[-2:] == ["bb    short\\n", "c"]
    assert " ".join(line[6:] for line in lines[1:-2]) == cause.strip()
    assert len(lines) == 5 and all(len(line) <= 80 for line in lines)
    lines = wrapped([("name" * 12, "cause"), ("a", cause)])
    assert lines[:3] == ["name" * 12, "    cause", "a"] and lines[3].startswith("    the cause")
    assert len(lines) == 5 and all(len(line) <= 80 for line in lines)
