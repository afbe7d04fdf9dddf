"""Every bound is a theorem: both sides stay within it, on hostile data, of the exact result."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tests.verify.tolerance import families
from tests.verify.tolerance.exact import EXACT, evaluate
from tests.verify.tolerance.holds import HOSTILE, exact_inputs, excess, violations
from tests.verify.tolerance.settings import PROVED, SAME, setting, with_operation
from verify.tolerance.rules import RULES


@pytest.mark.parametrize("op", PROVED)
def test_every_rule_is_tested(op: str) -> None:
    """A rule without a network that has its operation, or without an exact formula, fails."""
    assert with_operation(op)
    assert op in EXACT


def test_nothing_else_is_tested() -> None:
    assert EXACT.keys() == set(PROVED)


@pytest.mark.parametrize(("op", "other"), SAME.items())
def test_a_rule_under_two_names_is_one(op: str, other: str) -> None:
    assert RULES[op] is RULES[other]


@pytest.mark.parametrize(("name", "kind", "dtype"), HOSTILE)
def test_both_sides_stay_within_the_bound(name: str, kind: str, dtype: str) -> None:
    assert violations(name, kind, dtype) == []


def rounds(op: str, promised: bool) -> bool:
    """Any side rounds in any network where the rule does (not) promise exact results."""
    for name, seed in product(with_operation(op), range(4)):
        s = setting(name, "benign", "float32", 3, seed)
        for step in s.steps(op):
            if (s.bound(step).roundings == 0) == promised:
                true = evaluate(exact_inputs(s, step))
                nothing = np.zeros(true.shape)
                if any(excess(result, true, nothing) for result in s.sides(step).values()):
                    return True
    return False


@pytest.mark.parametrize("op", PROVED)
def test_rules_that_promise_exact_results_keep_it(op: str) -> None:
    assert not rounds(op, promised=True)


EXACT_RULES = [
    *("link", "convolution.a", "subsampling.a"),
    *(op for op in PROVED if op.startswith("max_pool.")),
    *("subsampling.da", "subsampling.dx"),  # times 1/4: other windows would round
    *families.merged("MOVES"),
]


@pytest.mark.parametrize("op", [op for op in PROVED if op not in EXACT_RULES])
def test_rules_with_roundings_need_them(op: str) -> None:
    """With a bound of zero both sides would be rejected: the theorem is not tested on nothing."""
    assert rounds(op, promised=False)
