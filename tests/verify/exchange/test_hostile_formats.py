"""Files of every other format that mean harm, or are broken: one line and exit status 2 where
nothing can be judged, nothing executed, nothing unpacked that is not wanted."""

from __future__ import annotations

import resource
import sys
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.hostile import formats, texts
from tests.hostile.arrays import Arrays, Hostile
from verify.cli import main
from verify.exchange.formats.zip import LARGEST_CONTAINER

FAMILIES = (formats.states, formats.of_safetensors, formats.of_matlab, texts.texts, texts.zips)
EVERY = [each for family in FAMILIES for each in family()]
NAMED = {h.name: h for h in EVERY if "garbled" not in h.name}
BEYOND_JUDGEMENT = 2


@pytest.fixture(scope="module")
def right(golden: Path) -> Arrays:
    """Gradients that pass."""
    found = {path.stem: np.load(path) for path in golden.glob("*.npy")}
    return {name: value for name, value in found.items() if name.endswith((".dW", ".db"))}


def status(hostile: Hostile, right: Arrays, golden: Path, place: Path) -> int:
    """Of a check of it."""
    (place / "theirs").mkdir()
    hostile.make(place / "theirs", right)
    words = ["--case", str(golden), "--out", str(place / "out")]
    return main(["check", str(place / "theirs"), *words])


@pytest.mark.parametrize("name", list(NAMED))
def test_each_is_refused_or_fails_in_its_row(
    name: str, right: Arrays, golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = status(NAMED[name], right, golden, tmp_path)
    said = capsys.readouterr()
    assert found in (1, 2)
    assert said.err.count("\n") == (found == BEYOND_JUDGEMENT)
    assert "Traceback" not in said.err
    assert all(c.isprintable() or c == "\n" for c in said.out + said.err)
    assert not (tmp_path / "canary").exists()
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 150_000


@pytest.mark.parametrize("name", [h.name for h in EVERY if "garbled" in h.name][::6])
def test_garbled_ones_end_in_a_documented_status(
    name: str, right: Arrays, golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = next(h for h in EVERY if h.name == name)
    assert status(hostile, right, golden, tmp_path) in (0, 1, 2)
    assert capsys.readouterr().err.count("\n") <= 1


LINES = {
    "pt-legacy": "bare pickles are never loaded",
    "pt-wide": "C1.db: larger than its tensor can be; got 1099511627776 numbers",
    "pt-sparse": "not a dense real tensor",
    "pt-twice": "two entries of one name",
    "mat-hdf5": "MATLAB 7.3 (HDF5), which is not read; save it with -v7",
    "mat-struct": "C1_db: no array of numbers; got struct",
    "mat-cell": "C1_db: no array of numbers; got cell",
    "mat-char": "C1_db: no array of numbers; got char",
    "mat-bomb": "larger than its tensor can be; got 8388608 numbers",
    "mat-data-kind": "damaged variable",
    "safetensors-larger": "larger than its tensor can be; got 7 numbers",
    "txt-words": "not a number; got 'one'",
    "mem-short": "words of 4 hexadecimal digits are no float64; fixed point is not supported yet",
    "mem-binary": "words of 16 binary digits are no float64; fixed point is not supported yet",
    "mem-gap": "addresses with a gap between them; got @9; expected @1",
    "zip-above": "a path out of the archive",
    "zip-link": "a link",
    "zip-bomb": "larger than its tensor can be; got 67108864 bytes",
    "zip-twice": "two entries of one name",
    "zip-many": "too many arrays",
}


@pytest.mark.parametrize("name", list(LINES))
def test_the_line_says_what_is_wrong(
    name: str, right: Arrays, golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert status(NAMED[name], right, golden, tmp_path) == BEYOND_JUDGEMENT
    assert LINES[name] in capsys.readouterr().err


@pytest.mark.parametrize(
    ("held", "named"),
    [(torch.nn.Linear(2, 2), "torch.nn.modules.linear.Linear"), ({"a": print}, "print")],
)
def test_objects_are_one_clear_line(
    held: object, named: str, golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not PyTorch's advice how to load them all the same."""
    torch.save(held, tmp_path / "a.pt")
    assert main(["check", str(tmp_path / "a.pt"), "--case", str(golden)]) == BEYOND_JUDGEMENT
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "weights_only" not in said and "x1b" not in said
    assert "a.pt: holds objects, which are never loaded; got " in said and named in said
    torch.save({"C1.dW": torch.tensor(np.load(golden / "C1.dW.npy"))}, tmp_path / "a.pt")
    words = ["--case", str(golden), "--out", str(tmp_path / "out")]
    assert main(["check", str(tmp_path / "a.pt"), *words]) == 0


def test_bytes_the_other_way_round_warn_of_nothing(
    right: Arrays, golden: Path, tmp_path: Path
) -> None:
    """Numbers of every size, and some that are none: NumPy's remarks are nobody's business."""
    words = ["--case", str(golden), "--out", str(tmp_path / "out")]
    for order, status in ((">f8", 0), ("<f8", 1)):
        for name, value in right.items():
            digits = value.astype(order).tobytes().hex()
            lines = (digits[i : i + 16] for i in range(0, len(digits), 16))
            (tmp_path / f"{name}.mem").write_text("\n".join(lines))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert main(["check", str(tmp_path), *words]) == status


def test_a_container_in_a_zip_is_not_unpacked_beyond_its_limit(
    golden: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (
        zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("b.pt", "w") as member,
    ):
        for _ in range(LARGEST_CONTAINER // 2**24 + 1):
            member.write(bytes(2**24))
    words = ["--case", str(golden), "--out", str(tmp_path / "out")]
    assert main(["check", str(tmp_path / "a.zip"), *words]) == BEYOND_JUDGEMENT
    assert "larger than its tensor can be" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("module", "name", "extra"),
    [("scipy.io", "mat-right", "matlab"), ("safetensors", "safetensors-larger", "safetensors")],
)
def test_without_its_library_one_line_names_the_extra(
    module: str, name: str, extra: str, right: Arrays, golden: Path, tmp_path: Path,
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setitem(sys.modules, module, None)
    assert status(NAMED[name], right, golden, tmp_path) == BEYOND_JUDGEMENT
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"pip install 'lenet-verify[{extra}]'" in said
