"""Errors of the judge; the family is lenet_ref's, so one except clause at the edge suffices."""

from __future__ import annotations

from lenet_ref.errors import LeNetError

__all__ = ["DIFFERENT", "INTERNAL", "PASSED", "UNUSABLE", "HarnessError", "InputError",
           "OutputError"]  # fmt: skip
PASSED, DIFFERENT, UNUSABLE, INTERNAL = 0, 1, 2, 3
"""Exit statuses."""


class InputError(LeNetError):
    """Something the user supplied cannot be used: exit status 2."""


class OutputError(InputError):
    """What a run writes cannot be written: exit status 2."""


class HarnessError(LeNetError):
    """The harness itself cannot be trusted: exit status 3."""
