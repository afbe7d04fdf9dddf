"""What a worker computes with: the same as here, or said to be otherwise."""

from __future__ import annotations

import pytest

from verify.pipeline.executor import versions


def test_this_process_is_as_itself() -> None:
    assert versions.difference(versions.versions()) == ""
    assert {"python", "numpy", "torch", "pandas", "lenet-verify"} < set(versions.versions())
    assert versions.processor()


@pytest.mark.parametrize("name", [*versions.versions()])
def test_each_difference_is_said(name: str) -> None:
    theirs = versions.versions() | {name: "0.0.0"}
    said = versions.difference(theirs)
    assert said.startswith(f"{name} 0.0.0 (here ") and said.count("(here ") == 1
    del theirs[name]
    assert versions.difference(theirs).startswith(f"{name} unknown")


def test_two_checkouts_of_one_version_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    before = versions._sources()
    read = versions.Path.read_bytes
    monkeypatch.setattr(versions.Path, "read_bytes", lambda path: read(path) + b"#")
    assert versions._sources() != before
