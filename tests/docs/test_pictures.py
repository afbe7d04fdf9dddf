"""The pictures show what the code says: their data are made again and compared."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

from docs.pictures.data import EXAMPLE, GRADIENT, everything, text
from tests.docs.derivation import PAGE, assignments

HERE = PAGE.parent / "pictures"


def test_the_data_are_those_of_the_code() -> None:
    """Made again by: python docs/pictures/make.py."""
    assert (HERE / "data.json").read_text() == text()


def test_the_example_is_the_documents() -> None:
    given = assignments(PAGE.read_text())
    assert (given["x"], given["da"]) == (EXAMPLE, GRADIENT)
    shown = everything()["im2col"]
    assert (shown["a"], shown["dx"]) == (given["a"], given["dx"])
    assert shown["copies"] == [[1, 2, 1], [2, 4, 2], [1, 2, 1]]


def test_every_picture_is_shown_once() -> None:
    pages = "".join(path.read_text() for path in PAGE.parent.glob("*.md"))
    shown = re.findall(r"!\[[^]]+\]\(pictures/(\w+\.svg)\)", pages)
    assert sorted(shown) == sorted(path.name for path in HERE.glob("*.svg"))


def _texts(name: str) -> Counter[str]:
    """The words drawn in a picture, with how often."""
    return Counter(re.findall(r"<text[^>]*>([^<]+)</text>", (HERE / name).read_text()))


def test_the_drawn_numbers_are_the_data() -> None:
    """Not only the data file: the committed drawings themselves."""
    data = json.loads((HERE / "data.json").read_text())
    for name in ("modern", "1998"):
        drawn = _texts(f"{name}.svg")
        for row in data[name]:
            assert drawn[row["name"]] == 1
            assert not row["parameters"] or drawn[f"{row['parameters']:,}"] == 1
    cells = (data["im2col"][key] for key in ("pixels", "a", "da", "dx"))
    wanted = Counter(str(v) for matrix in cells for row in matrix for v in row)
    drawn = _texts("im2col.svg")
    assert {v: drawn[v] for v in wanted} == dict(wanted)


def test_ink_and_links_are_drawn() -> None:
    data = json.loads((HERE / "data.json").read_text())
    ink = sum(row.count("#") for glyph in data["codes"] for row in glyph)
    assert Path(HERE / "bitmaps.svg").read_text().count("fill: #1b2a41; stroke") == ink
    links = sum(map(sum, data["connections"]))
    assert links == 60
    assert Path(HERE / "connections.svg").read_text().count("fill: #2f6f9f") == links


def test_the_flow_is_drawn_as_described() -> None:
    flow = json.loads((HERE / "data.json").read_text())["flow"]
    drawn = _texts("flow.svg")
    rooms = Counter(row["room"] for key in ("between", "feeds", "around") for row in flow[key])
    things = Counter(row["name"] for row in flow["things"])
    assert {name: drawn[name] for name in rooms + things} == dict(rooms + things)
