"""Subjects: what is being verified.  A subject turns a case into a trace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from numpy.typing import NDArray

from verify.cases import Case

Trace: TypeAlias = Mapping[str, NDArray[Any]]
Subject: TypeAlias = Callable[[Case], Trace]
