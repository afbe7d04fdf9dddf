"""Conventions at kinks: another derivative, not a factor that could be undone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from lenet_ref.layers import convolution
from verify.cases.case import Case
from verify.cases.plan import Job
from verify.errors import InputError
from verify.exchange.layout import CHOICES, Layout
from verify.exchange.load import Source
from verify.exchange.readings import architecture
from verify.judge.kinks import KINK_FREE, kink_free
from verify.pipeline.judging import judge_dump
from verify.pipeline.request import CheckRequest
from verify.pipeline.undeclared import judged
from verify.proof.faults.conventions import CONVENTIONS
from verify.proof.faults.levels import level_of
from verify.subjects.reference import reference

Arrays = dict[str, NDArray[Any]]
KEYS = ("ties", "relu", "masked")
KINKED = [c for c in CONVENTIONS if KEYS & c.layout.chosen.keys()]
NAMES = [c.name for c in KINKED]
ALL = Layout(chosen={"ties": "all"})


def drawn(variant: str, regime: str, tier: str = "float64", seed: int = 0) -> Case:
    return replace(kink_free(Job(variant, regime, tier, 3, seed)).case(), upstream=None)


def gradients(arrays: Arrays) -> Arrays:
    return {k: v for k, v in arrays.items() if k[-3:] in (".dW", ".db")}


def test_every_choice_has_its_subject() -> None:
    ours = {(key, value) for key in KEYS for value in CHOICES["conventions"][key][1:]}
    assert {pair for c in KINKED for pair in c.layout.chosen.items()} == ours


@pytest.mark.parametrize("c", KINKED, ids=NAMES)
@pytest.mark.parametrize("regime", ["digits", "zero-bias", "ties", KINK_FREE])
def test_declared_it_passes_with_kinks_and_without(c: Any, regime: str) -> None:
    for variant in ("modern", "1998"):
        case = drawn(variant, regime)
        if not c.fits(case.arch):
            continue
        arrays = c.export(case, reference)
        for level in ("everything", "gradients"):
            given = level_of(arrays, level)
            assert [f for f in judge_dump(case, given, c.layout) if f.failed] == []
            if level == "gradients":
                found = judged([(case, given)], CheckRequest(Source(layout=c.layout)))
                assert found.status == 0


@pytest.mark.parametrize("c", KINKED, ids=NAMES)
def test_in_float32_it_is_not_blamed(c: Any) -> None:
    case = drawn("modern", c.regime or "digits", "float32")
    arrays = c.export(case, reference)
    for level in ("everything", "gradients"):
        given = level_of(arrays, level)
        assert [f for f in judge_dump(case, given, c.layout) if f.failed] == []


@pytest.mark.parametrize("c", KINKED, ids=NAMES)
def test_declared_and_not_followed_it_fails(c: Any) -> None:
    """Full strength: ours is wrong under the other convention, in a tensor of its own."""
    case = drawn("modern", c.regime or "digits")
    found = judge_dump(case, dict(reference(case)), c.layout)
    assert {f.step.symbol for f in found if f.guilty} <= {"argmax", "da", "dx", "dz"}
    assert any(f.guilty for f in found)


@pytest.mark.parametrize(
    ("variant", "key", "value", "options"),
    [
        ("1998", "ties", "all", ()),
        ("1998", "relu", "one-at-zero", ()),
        ("modern", "relu", "one-at-zero", (("reading", "linear"),)),
        ("modern", "masked", "earlier", (("reading", "linear"),)),
    ],
)
def test_a_network_without_that_kink_is_refused(
    variant: str, key: str, value: str, options: tuple[tuple[str, Any], ...]
) -> None:
    case = Job(variant, "digits", "float64", 1, options=options).case()
    with pytest.raises(InputError, match=rf"{key}: no layer of this network .*; got {value};"):
        architecture(case.arch, Layout(chosen={key: value}))


def test_a_tie_that_rounding_broke_is_nobodys_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where all maxima get the gradient, what the last digit of a sum does decides; kept ties are
    verified to the last element, broken ones are excused, as far as rounding goes."""
    case = drawn("modern", "digits", seed=11)
    arch = architecture(case.arch, ALL)
    under = replace(case, arch=arch)
    kept = gradients(dict(reference(under)))
    found = {f.step.tensor: f for f in judge_dump(case, kept, ALL, "gradients")}
    assert {found[k].verdict for k in kept} == {"pass"}

    exact = convolution.pre_activation

    def elsewhere(a: Any, W: Any, b: Any) -> Any:
        z = exact(a, W, b)
        other = np.nextafter(z, np.inf)
        return np.where((np.arange(len(z)) % 3 > 0)[:, None] | (z == b), z, other)

    monkeypatch.setattr(convolution, "pre_activation", elsewhere)
    broken = dict(reference(under))
    off = np.abs(broken["C3.db"] - kept["C3.db"]).max()
    assert off > 1e-6 * np.abs(kept["C3.db"]).max()
    for given in (broken, gradients(broken)):
        assert [f for f in judge_dump(case, given, ALL) if f.failed] == []


@pytest.mark.parametrize(("tensor", "factor"), [("C1.db", -1.0), ("C3.dW", 0.0), ("C3.db", 1.01)])
def test_what_a_convention_only_excuses_it_does_not_explain(tensor: str, factor: float) -> None:
    """Where maxima tie, the bounds of gradients alone may be as wide as these gradients."""
    case = drawn("modern", "digits")
    wrong = gradients(dict(reference(case)))
    wrong[tensor] = wrong[tensor] * factor
    found = judged([(case, wrong)], CheckRequest())
    assert not any(check.name == "convention" for check in found.checks)
    assert found.status == 1 and found.tally.failed
