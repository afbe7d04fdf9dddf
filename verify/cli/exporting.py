"""``lenet-verify faults --export FOLDER``: the planted mistakes as files for other checkers."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lenet_ref.storage import write_atomically
from verify.cli.output import printed
from verify.errors import PASSED, InputError
from verify.proof.faults.corpus import COLUMNS, Mistaken, Specimen, specimen
from verify.proof.faults.licence import licence, readme
from verify.proof.faults.work import Source
from verify.report.files import write_csv

Packed = tuple[Specimen, bytes] | None
INDEX = "index.csv"


def packed(name: str, source: Source) -> Packed:
    """A mistake's row and its file; None where no single trace shows it."""
    found = specimen(source.mistakes[name])
    return None if found is None else (found[0], npz(found[1]))


def npz(arrays: dict[str, NDArray[Any]]) -> bytes:
    """Compressed, no pickles: every entry is an array of numbers."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def exported(folder: Path, mistakes: Sequence[Mistaken], found: Iterable[Packed]) -> int:
    """Write every file as it comes, then the index, a README and the licences.

    Raises:
        InputError: the folder is there and holds something else.
    """
    fresh(folder)
    rows, size, left = list[Specimen](), 0, list[str]()
    for mistake, each in zip(mistakes, found, strict=True):
        if each is None:
            left.append(mistake.name)
            continue
        row, data = each
        write_atomically(folder / "mistakes" / row.file, data)
        rows.append(row)
        size += len(data)
    write_csv(folder / INDEX, COLUMNS, [vars(row) for row in rows])
    write_atomically(folder / "README.md", readme(rows, size, left).encode())
    write_atomically(folder / "LICENCE", licence().encode())
    printed(f"{len(rows)} mistakes, {size / 1e6:.0f} MB, in {folder}; "
            f"{len(left)} that no trace shows are left out")  # fmt: skip
    return PASSED


def fresh(folder: Path) -> None:
    """A corpus takes nothing's place but another's."""
    if folder.is_dir() and any(folder.iterdir()) and not (folder / INDEX).is_file():
        raise InputError("the folder holds something else", where=f"--export {folder}",
                         fix="choose a new one")  # fmt: skip
    (folder / "mistakes").mkdir(parents=True, exist_ok=True)
    for old in (folder / "mistakes").glob("*.npz"):
        old.unlink()
