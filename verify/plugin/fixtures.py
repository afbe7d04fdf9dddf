"""Fixtures for tests that people write: a subject judged in one line."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

__all__ = ["lenet_check", "lenet_verify"]


@pytest.fixture(scope="session")
def lenet_verify() -> Callable[..., Any]:
    """lenet_verify(subject, network=...) raises if a tensor of the subject is wrong, with the
    guilty layer and the cause; else it returns the report.  Arguments as of verify.check."""

    def lenet_verify(*arguments: Any, **named: Any) -> Any:
        __tracebackhide__ = True
        try:
            return _api("assert_right")(*arguments, **named)
        except (AssertionError, ValueError) as error:
            raise error.with_traceback(None) from None

    return lenet_verify


@pytest.fixture(scope="session")
def lenet_check() -> Callable[..., Any]:
    """lenet_check(subject, network=...) returns the report, right or wrong: verify.check."""
    found: Callable[..., Any] = _api("check")
    return found


def _api(name: str) -> Any:
    """A function of the Python API, with torch behind it; asked for by name, for it comes late."""
    return getattr(import_module("verify"), name)
