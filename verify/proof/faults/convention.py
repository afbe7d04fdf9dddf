"""What a convention is: words that declare it, and what a subject that follows it hands over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from numpy.typing import NDArray

from lenet_ref.architecture import Architecture
from verify.cases.case import Case
from verify.exchange.layout import Layout

__all__ = ["Arrays", "Convention", "Export", "Rewrite", "Subject", "read_as"]
Arrays = dict[str, NDArray[Any]]
Subject = Callable[[Case], Mapping[str, NDArray[Any]]]
Export = Callable[[Case, Subject], Arrays]
Rewrite = Callable[[str, NDArray[Any]], NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Convention:
    """layout: what declares it; export: the tensors of a subject that follows it; fits: networks
    that have such a convention, and do not follow it already; regime: whose numbers
    show it, if not any do."""

    name: str
    layout: Layout
    export: Export
    fits: Callable[[Architecture], bool] = lambda arch: True
    regime: str = ""


def read_as(network: Callable[[Architecture], Architecture]) -> Export:
    """The subject computes another network than the case's."""
    return lambda case, subject: dict(subject(replace(case, arch=network(case.arch))))
