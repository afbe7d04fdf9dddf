"""The plugin among others: loaded once, silent where it is not used, and its fixtures."""

from __future__ import annotations

import importlib.util
import tomllib
from pathlib import Path

import pytest

from tests.verify.plugin import folder, ran
from verify.plugin import NAME, hooks

pytest_plugins = ["pytester"]
ROOT = Path(__file__).parents[3]
HEAVY = """
import sys

def test_light():
    heavy = {"numpy", "torch", "pandas"} & {*sys.modules}
    assert not heavy, heavy
"""
INSTALLED = "[pytest11]\nlenet_verify = verify.plugin.hooks\n"


def installed(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a wheel leaves it: found by its entry point alone."""
    info = pytester.mkdir("site") / "lenet_plugged-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: lenet-plugged\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(INSTALLED)
    monkeypatch.setenv("PYTHONPATH", str(info.parent), prepend=":")


def test_it_is_installed_and_loads_nothing(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(pytester, monkeypatch)
    pytester.makepyfile(test_light=HEAVY)
    result = pytester.runpytest_subprocess("-q", "--strict-markers")
    assert (result.ret, result.parseoutcomes()) == (0, {"passed": 1})
    assert "lenet" not in result.stdout.str()
    helped = pytester.runpytest_subprocess("--help")
    helped.stdout.fnmatch_lines(["*--lenet-subject=SUBJECT*"])


def test_it_is_loaded_once_or_not_at_all(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(pytester, monkeypatch)
    pytester.makepyfile(test_light=HEAVY)
    for words in (["-p", "verify.plugin"], ["-p", "lenet_verify"]):
        assert pytester.runpytest_subprocess("-q", *words).ret == 0
    off = pytester.runpytest_subprocess("-p", "no:lenet_verify", "--lenet-subject", "net.py:run")
    assert off.ret == pytest.ExitCode.USAGE_ERROR
    off.stderr.fnmatch_lines(["*unrecognized arguments: --lenet-subject*"])
    both = pytester.runpytest_subprocess("-p", "verify.plugin", "-q", "-p", "no:lenet_verify")
    assert both.ret == 0


def test_the_entry_point_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["entry-points"]["pytest11"] == {NAME: hooks.__name__}


def test_subjects_of_the_ini_file_stand_beside_other_tests(pytester: pytest.Pytester) -> None:
    """All in a run of everything, none in that of another file."""
    lines = "lenet_subjects =\n  one = net.py:run\n  two = net.py:wrong batches=2 map=false\n"
    folder(pytester, lines, test_mine__py="def test_mine():\n    pass\n")
    result = ran(pytester, "-k", "mine or two-F1.dW or one-F2.db")
    assert result.ret == 1
    assert result.parseoutcomes()["passed"] == 1 + 3
    result.stdout.fnmatch_lines([
        "lenet: one = net.py:run as small, 3 cases, seed 0",
        "lenet: two = net.py:wrong as small, 2 cases, seed 0",
        "FAILED net.py::lenet[[]two-F1.dW-signed-float64-N2[]]*",
    ])  # fmt: skip
    alone = ran(pytester, "test_mine.py")
    assert (alone.ret, alone.parseoutcomes()) == (0, {"passed": 1})
    below = pytester.mkdir("below")
    assert ran(pytester, f"--rootdir={below.parent}", "-c", "pytest.ini", "below").ret == 5


TEST = """
from net import run, wrong

def test_right(lenet_verify, lenet_check):
    assert lenet_verify(run, network="small.toml", regimes="signed").passed
    assert lenet_check(wrong, network="small.toml", regimes="signed").guilty == ("F1",)

def test_wrong(lenet_verify):
    lenet_verify(wrong, network="small.toml", regimes="signed", seed=0)
"""


@pytest.mark.skipif(
    importlib.util.find_spec("verify.api.right") is None,
    reason="verify.assert_right of the room verify/api is not there yet",
)
def test_the_fixtures(pytester: pytest.Pytester) -> None:
    folder(pytester, test_mine__py=TEST)
    result = ran(pytester, "-q")
    assert (result.ret, result.parseoutcomes()) == (1, {"failed": 1, "passed": 1})
    result.stdout.fnmatch_lines(["*guilty layer: F1*"])
    assert "verify/api" not in result.stdout.str()
