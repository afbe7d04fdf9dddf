"""Damaged dumps and mappings: exit status 0, 1 or 2, and nothing else."""

from __future__ import annotations

import itertools
import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.files import FUZZ
from tests.verify.exchange.written import mat, of_safetensors, packed, tensors, text
from verify.cli import main

SEEN: Counter[int] = Counter()
NUMBERS = itertools.count()


def check(dump: Path, *words: str) -> int:
    """Status of the command."""
    return main(["check", str(dump), "--out", str(dump.parent / "out"), *words])


def damaged(folder: Path, flips: list[tuple[int, int, int]]) -> None:
    """Bytes of some files changed; every third change also cuts a file off there."""
    files = sorted(p for p in folder.iterdir() if p.is_file())
    for which, at, flip in flips:
        path = files[which % len(files)]
        data = bytearray(path.read_bytes())
        if data:
            place = at % min(len(data), 400)  # where headers are
            data[place] ^= flip
            path.write_bytes(data[:place] if flip % 3 == 0 else data)


@pytest.fixture(scope="module")
def small(golden: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gradients of the output layers, others in every format, and a mapping."""
    folder = tmp_path_factory.mktemp("small") / "s"
    folder.mkdir()
    for name in ("manifest.json", "F7.dW.npy", "F7.db.npy", "F6.dW.npy", "loss.data.npy"):
        shutil.copy(golden / name, folder)
    arrays = {n: np.load(golden / f"{n}.npy") for n in ("F6.db", "C5.db", "C3.db")}
    np.savez_compressed(folder / "more.npz", **arrays)
    others = {n: np.load(golden / f"{n}.npy") for n in ("C1.db", "C5.dz", "F6.dz", "F7.dz", "S4.y")}
    for name, write in zip(others, (of_safetensors, tensors, mat, text, packed), strict=True):
        write(folder, {name: others[name]})
    (folder / "theirs.toml").write_text('[names]\nx = "C1.W"\n[layout]\nvolumes = "NHWC"\n')
    return folder


@FUZZ
@given(
    flips=st.lists(
        st.tuples(st.integers(0, 50), st.integers(0, 10**6), st.integers(1, 255)), min_size=1
    )
)
def test_damaged_dumps(flips: list[tuple[int, int, int]], small: Path) -> None:
    """Whatever is damaged: status 0, 1 or 2, and no other."""
    folder = Path(shutil.copytree(small, small.parent / f"try{next(NUMBERS)}"))
    damaged(folder, flips)
    status = check(folder, "--mapping", str(folder / "theirs.toml"))
    SEEN[status] += 1
    assert status in (0, 1, 2)
    shutil.rmtree(folder)


def test_the_damage_reaches_every_stage() -> None:
    """Some of it is refused, some is judged and fails, some does no harm."""
    assert SEEN[1] and SEEN[2]


@FUZZ
@given(text=st.text(max_size=200))
def test_arbitrary_mappings(text: str, small: Path) -> None:
    path = small.parent / "any.toml"
    path.write_text(text, encoding="utf-8", errors="replace")
    assert check(small, "--mapping", str(path)) in (0, 1, 2)
