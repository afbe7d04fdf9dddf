"""Every command of many jobs on a Dask cluster of two processes: the bytes of one process."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("distributed")
from distributed import Client

from tests.verify.pipeline.executor.clusters import local, one_thread
from verify.cli import main

SWEEP = ("--variant", "modern", "--regime", "digits", "--tier", "float64", "--batch", "1")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with local(2) as there:
        yield str(there.scheduler_address)


@pytest.fixture(autouse=True)
def as_the_command(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with one_thread(monkeypatch):
        yield


def same(one: Path, other: Path) -> None:
    names = sorted(path.name for path in one.iterdir())
    assert names == sorted(path.name for path in other.iterdir())
    for name in names:
        assert (one / name).read_bytes() == (other / name).read_bytes(), name


def test_a_sweep_one_of_whose_workers_is_killed(address: str, tmp_path: Path) -> None:
    words = [*SWEEP, "--seeds", "30"]
    assert main([*words, "--jobs", "1", "--out", str(tmp_path / "a")]) == 0
    killed: list[int] = []

    def kill() -> None:
        """As soon as there are rows."""
        kept = tmp_path / "b"
        while not any(path.stat().st_size > 20_000 for path in kept.glob("*/diff.csv.partial")):
            time.sleep(0.01)
        with Client(address, set_as_default=False) as client:
            killed.append(min(client.run(os.getpid).values()))
        os.kill(killed[0], signal.SIGKILL)

    thread = threading.Thread(target=kill, daemon=True)
    thread.start()
    status = main([*words, "--dask", address, "--out", str(tmp_path / "b")])
    thread.join(20)
    assert status == 0 and killed
    same(tmp_path / "a", tmp_path / "b")


def test_mistakes(address: str, tmp_path: Path) -> None:
    words = ["faults", "--name", "subsampling.z/no-bias", "subsampling.z/bias-inside", "relu-elu"]
    assert main([*words, "--jobs", "1", "--out", str(tmp_path / "a")]) == 0
    assert main([*words, "--dask", address, "--out", str(tmp_path / "b")]) == 0
    same(tmp_path / "a", tmp_path / "b")


def test_mistakes_handed_in_as_people_do(address: str, tmp_path: Path) -> None:
    words = ["faults", "--random", "1"]
    first = main([*words, "--jobs", "1", "--out", str(tmp_path / "a")])
    assert main([*words, "--dask", address, "--out", str(tmp_path / "b")]) == first == 0
    same(tmp_path / "a", tmp_path / "b")


def test_mutants(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["mutants", "--module", "activations.identity", "--tests", "none"]
    first = main([*words, "--jobs", "1", "--out", str(tmp_path / "a")])
    assert main([*words, "--dask", address, "--out", str(tmp_path / "b")]) == first
    same(tmp_path / "a", tmp_path / "b")


def test_grading(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are as from the folder of the client, whatever the folders of the workers."""
    monkeypatch.chdir(tmp_path)
    assert main(["golden", "--variant", "modern", "--batch", "2", "--out", "case"]) == 0
    with np.load("case/tensors.npz") as archive:
        known = {k: archive[k] for k in archive.files if k not in ("images", "labels")}
    for name, factor in (("one", 1), ("two", 2)):
        Path(name).mkdir()
        np.savez(Path(name) / "answers.npz", **known | {"F6.dW": factor * known["F6.dW"]})
    words = ["check", "one", "two", "--case", "case", "--table", "t.csv"]
    assert main([*words, "--jobs", "1", "--out", "a"]) == 1
    table = Path("t.csv").read_bytes()
    assert main([*words, "--dask", address, "--out", "b"]) == 1
    assert table.count(b"\n") == 3 and b"F6" in table
    assert Path("t.csv").read_bytes() == table
    for name in ("one", "two"):
        same(Path("a") / name, Path("b") / name)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--dask", "here"], "no address of a scheduler; got here; expected tcp://HOST:PORT"),
        (["--dask", "tcp://h:1", "--jobs", "3"], "--dask and --jobs: cannot be obeyed together"),
        (["faults", "--dask", "8786"], "no address of a scheduler"),
        (["check", "s", "--dask", "local"], "--dask: says nothing alone; add --table"),
    ],
)
def test_what_is_no_cluster_is_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1 and said in err
