"""Ties of equal numbers that rounding broke are made good, and no others."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from lenet_ref.specs.max_pool import TIES
from verify.cases.plan import Job
from verify.exchange.layout import Layout
from verify.exchange.readings import architecture
from verify.judge.runs import Runs
from verify.judge.tied import equalised, tied
from verify.tolerance.origins import UNKNOWN


def test_elements_of_one_map_and_one_origin_are_the_first_of_them() -> None:
    x = torch.tensor([[[[1.0, 1.5, 2.0, 2.5]], [[3.0, 3.5, 4.0, 4.5]]]])
    labels = torch.tensor([[[[7, 7, 8, UNKNOWN]], [[UNKNOWN, 9, 9, UNKNOWN]]]])
    found = equalised(x, labels)
    assert found.reshape(-1).tolist() == [1.0, 1.0, 2.0, 2.5, 3.0, 3.5, 3.5, 4.5]
    assert x[0, 0, 0, 1] == 1.5  # a copy


@pytest.mark.parametrize("ties", TIES)
def test_it_is_asked_where_maxima_share_and_nowhere_else(ties: str) -> None:
    case = replace(Job("modern", "digits", "float64", 1).case(), upstream=None)
    case = replace(case, arch=architecture(case.arch, Layout(chosen={"ties": ties})))
    assert (tied(case, Runs(case), {}) is not None) == (ties in ("all", "divided"))
