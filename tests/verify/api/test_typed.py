"""Typed for whoever uses it: mypy --strict reads the two packages as it would installed ones."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from importlib.metadata import version as installed
from pathlib import Path

import pytest

import lenet_ref
import verify
from lenet_ref import version
from tests.verify.api.nets import FILE

ROOT = FILE.parents[3]
USER = """
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

import lenet_ref
import verify

Arrays = Mapping[str, NDArray[np.float64]]


def net(parameters: Arrays, images: NDArray[np.float64], labels: NDArray[np.int64]) -> Arrays:
    return {"F7.y": images.reshape(len(images), -1) @ parameters["F7.W"].T}


turned = {"sign": "negative"}
report: verify.Report = verify.check(net, "modern", batches=(1, 7), conventions=turned)
names: tuple[str, ...] = report.guilty + report.causes
print(report.passed, report.status + 1, report.to_html() + report.to_markdown(), names)
print(report.to_dataframe().columns, verify.__version__ + lenet_ref.__version__)
try:
    verify.assert_right({"F7.y": np.zeros((1, 10))}, lenet_ref.modern(), require="forward")
except verify.WrongError as error:
    print(error.report.guilty, error.where)
except verify.InputError as error:
    print(error.what)
"""
JUDGES = """
import verify
from verify.cases.plan import Job
from verify.subjects.reference import reference

case = Job("modern", "digits", "float64", batch=2).case()
print(verify.judge(case, reference(case), require="all").passed)
"""
WRONG = {
    'verify.check(3, "modern")': "arg-type",
    'verify.check("a.npz", netwrok="modern")': "call-arg",
    'verify.check("a.npz", "modern", seed="one")': "arg-type",
    'verify.assert_right("a.npz", "modern", batch=3)': "call-arg",
    'verify.check("a.npz").guilty.append("C1")': "attr-defined",
    'verify.check("a.npz").status = 0': "misc",
    'verify.judge("a.npz", {})': "arg-type",
    "verify.nonsense": "attr-defined",
}


def mypy(place: Path, source: str) -> list[str]:
    """What mypy says of a file of somebody, line by line."""
    (place / "user.py").write_text(source)
    environment = {**os.environ, "MYPYPATH": str(ROOT), "MYPY_CACHE_DIR": str(ROOT / ".mypy_cache")}
    words = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "user.py"]
    done = subprocess.run(words, cwd=place, text=True, capture_output=True, env=environment,
                          timeout=600)  # fmt: skip
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.splitlines()


def test_who_uses_it_rightly_hears_nothing_else_what_is_wrong(tmp_path: Path) -> None:
    """One run of mypy, for it is slow: what is right is above what is not."""
    right = f"{USER}\n{JUDGES}"
    said = mypy(tmp_path, "\n".join([right, *WRONG]))
    first = right.count("\n") + 2
    found = {int(line.split(":")[1]): line for line in said if ": error:" in line}
    assert [line for number, line in found.items() if number < first] == []
    for number, (source, code) in enumerate(WRONG.items(), first):
        assert f"[{code}]" in found.get(number, ""), (source, said)


@pytest.mark.parametrize("package", [lenet_ref, verify])
def test_both_say_that_they_are_typed(package: object) -> None:
    (folder,) = package.__path__  # type: ignore[attr-defined]
    assert (Path(folder) / "py.typed").is_file()


def test_the_version_is_that_of_the_project(tmp_path: Path) -> None:
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert verify.__version__ == lenet_ref.__version__ == stated == installed(version.PACKAGE)
    assert version.declared(ROOT / "pyproject.toml") == stated
    assert version.declared(tmp_path / "pyproject.toml") == version.UNKNOWN
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "other"\nversion = "9"\n')
    assert version.declared(tmp_path / "pyproject.toml") == version.UNKNOWN


def test_a_checkout_that_is_not_installed_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise version.PackageNotFoundError(name)

    monkeypatch.setattr(version, "installed", absent)
    version.version.cache_clear()
    stated = version.declared(ROOT / "pyproject.toml")
    assert lenet_ref.__version__ == stated != version.UNKNOWN
    version.version.cache_clear()
