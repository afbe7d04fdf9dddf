"""A golden folder for the tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from verify.cli import main


@pytest.fixture(scope="session")
def golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Inputs and all tensors of one image, a file each."""
    folder = tmp_path_factory.mktemp("golden") / "g"
    words = ["--variant", "modern", "--format", "npy", "--batch", "1", "--out", str(folder)]
    assert main(["golden", *words]) == 0
    return folder
