"""failing.npz: what is kept of a report that fails, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.verify.report.page.known import right, wrong
from verify.errors import InputError
from verify.report import kept
from verify.report.kept import FILE, Kept


def of(samples: bool = True) -> Kept:
    found = wrong(samples)
    return Kept.of((f for _, each in found.findings for f in each), ["said so"])


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    kept.write(of(), tmp_path)
    again = kept.read(tmp_path)
    assert again is not None
    assert again.said == ("said so",)
    assert list(again.samples) == [("modern", "F6.db"), ("modern", "C3.dW")]
    for name, drawn in of().samples.items():
        other = again.samples[name]
        assert (other.key, other.kind, other.sample.axes) == (drawn.key, "own", drawn.sample.axes)
        assert np.array_equal(other.sample.got, drawn.sample.got)
        assert np.array_equal(other.sample.bound, drawn.sample.bound)


def test_the_same_numbers_give_the_same_bytes_and_no_pickle(tmp_path: Path) -> None:
    kept.write(of(), tmp_path)
    first = (tmp_path / FILE).read_bytes()
    kept.write(of(), tmp_path)
    assert (tmp_path / FILE).read_bytes() == first
    with np.load(tmp_path / FILE, allow_pickle=False) as archive:
        assert {*archive} == {
            "told",
            *(f"{i}.{n}" for i in (0, 1) for n in ("got", "expected", "bound")),
        }


def test_nothing_is_written_where_nothing_fails(tmp_path: Path) -> None:
    kept.write(Kept.of(f for _, each in right().findings for f in each), tmp_path)
    assert not [*tmp_path.iterdir()]
    assert kept.read(tmp_path) is None


def test_no_numbers_are_kept_where_nobody_asked(tmp_path: Path) -> None:
    assert not of(samples=False).samples


def test_beyond_the_most_the_names_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "PICTURES", 1)
    found = of()
    assert list(found.samples) == [("modern", "F6.db")]
    assert found.more == {("modern", "C3.dW")}


TOLD = b'{"said": [], "more": [], "rows": [{"key": ["a","b","c","d","e","f","g","h"], '
BAD = {
    "no numbers": b"\x00\x01",
    "no archive of ours": b"[]",
    "other shapes": TOLD + b'"kind": "own", "axes": [[0, 1, 2]], "whole": true}]}',
    "another kind": TOLD + b'"kind": "evil", "axes": [[0, 1]], "whole": true}]}',
    "axes that are none": TOLD + b'"kind": "own", "axes": [["x", "y"]], "whole": true}]}',
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("told", BAD.values(), ids=BAD)
def test_another_file_of_that_name_is_refused_in_one_line(told: bytes, tmp_path: Path) -> None:
    arrays = {f"0.{name}": np.zeros(2) for name in ("got", "expected", "bound")}
    np.savez(tmp_path / FILE, told=np.frombuffer(told, dtype=np.uint8), **arrays)
    with pytest.raises(InputError) as caught:
        kept.read(tmp_path)
    assert "\n" not in str(caught.value) and FILE in str(caught.value)


def test_the_same_file_without_a_fault_is_read(tmp_path: Path) -> None:
    told = TOLD + b'"kind": "own", "axes": [[0, 1]], "whole": true}]}'
    arrays = {f"0.{name}": np.zeros(2) for name in ("got", "expected", "bound")}
    np.savez(tmp_path / FILE, told=np.frombuffer(told, dtype=np.uint8), **arrays)
    found = kept.read(tmp_path)
    assert found is not None and list(found.samples) == [("a", "h")]
