"""The families and their files: found by name, refused where one is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lenet_ref import families
from lenet_ref.errors import LeNetError
from lenet_ref.specs.convolution import Convolution

ROOMS = (
    *("lenet_ref.layers", "lenet_ref.fast", "verify.expected", "verify.oracle", "verify.truth"),
    *("verify.tolerance", "verify.cases.probes"),
)
PACKAGE = "a_room_for_this_test"


@pytest.fixture
def half_a_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with a file for one family of two."""
    folder = tmp_path / PACKAGE
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "affine.py").write_text("RULES = {'affine.z': 1}\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield PACKAGE  # type: ignore[misc]
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]


def test_the_families_are_found() -> None:
    assert families.layers()["convolution"] is Convolution
    assert {"affine", "convolution", "max_pool", "rbf", "subsampling"} <= families.layers().keys()
    assert {"cross_entropy", "map", "mle"} <= set(families.losses())


@pytest.mark.parametrize("package", ROOMS)
def test_every_room_has_a_file_for_each_family_of_layers(package: str) -> None:
    assert families.room(package, tuple(families.layers())).keys() == families.layers().keys()


def test_a_room_without_a_file_is_refused(half_a_room: str) -> None:
    """In one line that names the file to be added."""
    assert list(families.room(half_a_room, ("affine",), "RULES")) == ["affine"]
    with pytest.raises(LeNetError, match=f"rbf; add {half_a_room}/rbf.py") as caught:
        families.room(half_a_room, ("affine", "rbf"))
    assert "\n" not in str(caught.value)


def test_a_file_without_what_its_room_asks_is_refused(half_a_room: str) -> None:
    with pytest.raises(LeNetError, match=r"affine: does not define .* expected FORMULAS"):
        families.room(half_a_room, ("affine",), "FORMULAS")


def test_tables_that_disagree_are_refused() -> None:
    families.agree("verify.truth", {"affine.z": 1}, {"affine.z"})
    with pytest.raises(LeNetError, match=r"lacks a tensor; got affine.dx; .*truth/affine.py"):
        families.agree("verify.truth", {"affine.z": 1}, {"affine.z", "affine.dx", "rbf.z"})
    with pytest.raises(LeNetError, match=r"what no family has; got affine.q"):
        families.agree("verify.truth", {"affine.z": 1, "affine.q": 2}, {"affine.z"})


@pytest.mark.parametrize(("forgotten", "status"), [(True, 3), (False, 0)])
def test_rooms_that_disagree_end_the_command_in_one_line(forgotten: bool, status: int) -> None:
    """A family that a room does not have: an error of the harness, before anything is judged."""
    changed = "families.losses = lambda: ('mle', 'forgotten')\n" if forgotten else ""
    program = (
        "import sys\nfrom lenet_ref import families\n"
        + changed
        + "from verify.cli import main\nsys.exit(main(['describe']))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.returncode == status
    lines = ended.stderr.splitlines()
    assert len(lines) == (1 if status else 0)
    if status:
        assert "internal error: verify.expected: the family has no file" in lines[0]
