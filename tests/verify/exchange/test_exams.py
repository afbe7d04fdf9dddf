"""Exams: what students hold does not say the seed, and a key opens its own exam alone."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any
from zlib import crc32

import numpy as np
import pytest

from verify.cases.case import generator
from verify.cases.plan import Job
from verify.errors import InputError
from verify.exchange.exams import identity, key_folder, opened_with, public
from verify.exchange.manifest import EXAM, described, job_of

SEED = 2**255 + 12345
JOB = Job("modern", "kink-free", "float64", 3, SEED)


def manifest(**changed: Any) -> dict[str, Any]:
    return {"format": 1, EXAM: identity(JOB), "case": described(JOB), **changed}


def lacking_seed() -> dict[str, Any]:
    return manifest(case={k: v for k, v in described(JOB).items() if k != "seed"})


def test_the_key_describes_the_case_and_the_exam_does_not() -> None:
    assert job_of(manifest(), "m") == JOB
    with pytest.raises(InputError, match="this is an exam, its seed is secret"):
        job_of(lacking_seed(), "m")


def test_a_large_seed_is_one_of_an_exam_alone() -> None:
    found = manifest()
    del found[EXAM]
    with pytest.raises(InputError, match="out of range"):
        job_of(found, "m")


@pytest.mark.parametrize("exam", [5, "", "x" * 64, "ab" * 33, ["a"], {}, True])
def test_an_identity_that_is_none(exam: Any) -> None:
    with pytest.raises(InputError, match="64 hexadecimal digits"):
        job_of(manifest(**{EXAM: exam}), "m")


def test_every_bit_of_the_seed_tells_in_the_identity_and_in_the_case() -> None:
    other = replace(JOB, seed=SEED ^ 1)
    assert identity(JOB) != identity(other)
    assert public(identity(JOB)) < 2**32
    assert not np.array_equal(JOB.case().images, other.case().images)
    assert not np.array_equal(JOB.case().parameters["C1.W"], other.case().parameters["C1.W"])


def test_two_seeds_of_one_checksum_draw_other_images() -> None:
    """A generator of 32 bits would be found by trying them all."""

    def key(seed: int) -> int:
        return crc32(f"modern/kink-free/3/{seed}".encode())

    draw, seen = Random(0), dict[int, int]()
    seed = draw.getrandbits(256)
    while key(seed) not in seen:  # about 80,000
        seen[key(seed)] = seed
        seed = draw.getrandbits(256)
    drawn = [generator("modern", "kink-free", 3, s).random(4) for s in (seed, seen[key(seed)])]
    assert not np.array_equal(*drawn)


def test_small_seeds_draw_what_they_always_drew() -> None:
    known = np.random.default_rng(crc32(b"modern/digits/3/7")).random(4)
    assert np.array_equal(generator("modern", "digits", 3, 7).random(4), known)


def put(folder: Path, found: Any) -> Path:
    folder.mkdir()
    (folder / "manifest.json").write_text(json.dumps(found))
    return folder


def test_a_key_opens_its_exam(tmp_path: Path) -> None:
    key = put(tmp_path / "key", manifest())
    assert job_of(opened_with(lacking_seed(), key, "m"), "k") == JOB


def test_what_is_no_key(tmp_path: Path) -> None:
    other = replace(JOB, seed=SEED + 1)
    keys = {
        "holds no key": tmp_path / "none",
        "is no key of an exam": put(tmp_path / "students", lacking_seed()),
        "another exam": put(tmp_path / "other", manifest(**{EXAM: identity(other)})),
        "not a manifest": put(tmp_path / "list", [1]),
    }
    for said, folder in keys.items():
        with pytest.raises(InputError, match=said) as caught:
            opened_with(lacking_seed(), folder, "m")
        assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="is no exam"):
        opened_with({"format": 1}, tmp_path, "m")


def test_the_folder_of_a_key_is_its_owners_alone(tmp_path: Path) -> None:
    key, students = tmp_path / "deep" / "key", tmp_path / "exam"
    with key_folder(key, students):
        (key / "seed").write_text("5")
    assert key.stat().st_mode & 0o777 == 0o700
    assert (key / "seed").stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError, match="a key is not replaced"), key_folder(key, students):
        pass
    assert (key / "seed").read_text() == "5"


def test_neither_folder_holds_the_other(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    inside = tmp_path / "exam"
    for key, students in [(inside / "k", inside), (inside, inside), (inside, inside / "s"),
                          (tmp_path / "link" / "exam" / "k", inside)]:  # fmt: skip
        with pytest.raises(InputError, match="within the other"), key_folder(key, students):
            pass
    assert not inside.exists()


def test_an_exam_is_not_put_beside_answers(tmp_path: Path) -> None:
    (put(tmp_path / "exam", {}) / "C3.dW.npy").write_bytes(b"")
    with (
        pytest.raises(InputError, match="holds something already"),
        key_folder(tmp_path / "key", tmp_path / "exam"),
    ):
        pass
    assert not (tmp_path / "key").exists()


def test_of_an_exam_that_cannot_be_written_no_key_is_kept(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), key_folder(tmp_path / "key", tmp_path / "exam"):
        raise KeyboardInterrupt
    assert not (tmp_path / "key").exists()
