"""Manifests, dumps that bring their own case, and mappings: texts that are to be believed."""

# ruff: noqa: E501  tables of variations read better in long lines

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tests.hostile.arrays import Arrays, Hostile, Make

DEEP = "[" * 900 + "]" * 900
ODD: tuple[Any, ...] = (
    *(
        None,
        [],
        {},
        True,
        -1,
        0,
        10**18,
        1e999,
        float("nan"),
        "",
        "x" * 10_000,
        "\x1b[2J",
        "=cmd()",
    ),
    *("\udcff", ["\udcff"], [["a"]], {"a": 1}, json.loads(DEEP), ["channels=1000000"], ["reg=nan"]),
    *(["j=-1"], ["loss=mle"] * 3000, ["channels=0"], ["reading=\n"]),
)
FIELDS = ("variant", "regime", "tier", "batch", "seed", "options")


def described(change: Callable[[dict[str, Any]], Any]) -> Make:
    """A submission with a manifest of its own."""

    def make(place: Path, right: Arrays) -> None:
        np.savez(place / "answers.npz", **right)
        case = {
            "variant": "modern",
            "regime": "kink-free",
            "tier": "float64",
            "batch": 1,
            "seed": 0,
        }
        manifest = {"format": 1, "case": {**case, "options": []}}
        changed = change(manifest)
        (place / "manifest.json").write_text(json.dumps(manifest if changed is None else changed))

    return make


def fields() -> Iterator[Hostile]:
    """Every field with every odd value."""
    yield Hostile("manifest-right", described(lambda m: None), True, True)
    for field in FIELDS:
        for number, value in enumerate(ODD):
            change = described(lambda m, f=field, v=value: m["case"].update({f: v}))
            harmless = None if field in ("seed", "options") else False
            yield Hostile(f"manifest-{field}-{number}", change, harmless, True)


TEXTS = ("", "[]", "{", "[" * 100_000, '{"a":' * 50_000, "\ufeff{}", '{"format": NaN}', "null", "1" * 5000,
         '{"format": 1, "case": ' + DEEP + "}", '{"format": 1, "format": 1}', '"\ud800"', "\x00", "{}" * 9)  # fmt: skip


def texts() -> Iterator[Hostile]:
    """No manifest at all."""
    for number, text in enumerate(TEXTS):

        def make(place: Path, right: Arrays, text: str = text) -> None:
            np.savez(place / "answers.npz", **right)
            (place / "manifest.json").write_bytes(text.encode("utf-8", "surrogatepass"))

        yield Hostile(f"manifest-text-{number}", make, False, True)


OWN: dict[str, dict[str, Any]] = {
    "labels-negative": {"labels": np.array([-1])},
    "labels-large": {"labels": np.array([2**62])},
    "labels-float": {"labels": np.array([3.0])},
    "labels-text": {"labels": np.array(["3"])},
    "labels-two": {"labels": np.array([3, 4])},
    "labels-none": {"labels": np.zeros(0, int)},
    "labels-unsigned": {"labels": np.array([2**64 - 1], "u8")},
    "labels-scalar": {"labels": np.array(3)},
    "images-none": {"images": np.zeros((0, 1, 32, 32)), "labels": np.zeros(0, int)},
    "images-nan": {"images": np.full((1, 1, 32, 32), np.nan)},
    "images-huge": {"images": np.full((1, 1, 32, 32), 1e308)},
    "images-scalar": {"images": np.array(1.0)},
    "images-flat": {"images": np.zeros(1024)},
    "images-half": {"images": np.zeros((1, 1, 32, 32), "f2")},
    "images-whole": {"images": np.zeros((1, 1, 32, 32), int)},
    "images-complex": {"images": np.zeros((1, 1, 32, 32), complex)},
    "images-many": {"images": np.zeros((257, 1, 32, 32)), "labels": np.zeros(257, int)},
    "weights-nan": {"C1.W": np.full((6, 1, 5, 5), np.nan)},
    "weights-inf": {"F7.b": np.full(10, np.inf)},
    "weights-shape": {"C3.W": np.zeros((16, 6, 5, 4))},
    "weights-single": {"C1.b": np.zeros(6, "f4")},
    "weights-none": {"C1.b": np.zeros(0)},
}


def own() -> Iterator[Hostile]:
    """Dumps that bring images, labels and parameters."""
    for name, change in OWN.items():

        def make(place: Path, right: Arrays, change: dict[str, Any] = change) -> None:
            np.savez(place / "answers.npz", **{**right, **change})

        yield Hostile(f"own-{name}", make, None, True)


MAPPINGS = (
    *("", "\x00", "= 3", "names = 3", "[names]\nx = 3", "[layout]\nvolumes = []", "[[names]]", "x." * 9000 + "x=1"),
    *("x=" + "[" * 40_000, "x=" + "{a=" * 20_000, "[names]\nx=" + "1" * 5000, "[expect]\nabsent=" + "[[]]"),
    *('[expect]\nabsent=["' + "*a" * 3000 + '"]', '[names]\n"\\u001b[2J" = "=cmd()"', "x=9999-99-99"),
    *('[layout]\nvolumes = "\\u202e"', '[names]\nx="C1.W"\ny="C1.W"', "\udcff", '[conventions]\nrbf="half"'),
    *("[" + "a" * 100_000, "# " * 60_000, "x='''" + "\n" * 60_000, "[names.x]\ny=1", "a" * 2**21),
)  # fmt: skip


def mappings(folder: Path) -> Iterator[Path]:
    """Mapping files."""
    for number, text in enumerate(MAPPINGS):
        path = folder / f"{number}.toml"
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        yield path
