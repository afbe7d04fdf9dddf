"""A right convention: declared it passes, undeclared it is one finding, and hides no mistake."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.cases.networks import make_arch
from verify.cases.plan import Job
from verify.checks.check import Check
from verify.checks.outcome import Outcome
from verify.exchange.conventions import as_trace
from verify.exchange.layout import PLAIN, Layout
from verify.exchange.load import Source
from verify.exchange.mapping import convention
from verify.judge.judge import Judge
from verify.judge.trace import Subject
from verify.pipeline.request import CheckRequest
from verify.pipeline.undeclared import judged
from verify.proof.faults.convention import Convention
from verify.proof.faults.conventions import CONVENTIONS
from verify.subjects.reference import reference

Arrays = dict[str, NDArray[Any]]
OPTIONS = {("modern", "regulariser = no-half"): (("reg", 0.01),)}
BATCHES = (3, 4)
OTHERS = [c for c in CONVENTIONS if c.layout.chosen]
PAIRS = [
    (variant, c)
    for variant in ("modern", "1998")
    for c in OTHERS
    if c.fits(make_arch(variant, dict(OPTIONS.get((variant, c.name), ()))))
]
UNSEEN = ("gradients = parameters", "loss = sum alone", "update = 0.01", "ties = last",
          "ties = column-major", "ties = divided", "masked = earlier",
          "masked = before-pooling")  # fmt: skip
"""Conventions that parameter gradients on digits do not show."""
IDS = [f"{variant} {c.name}" for variant, c in PAIRS]


def cases(variant: str, name: str) -> list[Case]:
    options = OPTIONS.get((variant, name), ())
    regime = next((c.regime for c in OTHERS if c.name == name), "") or "digits"
    drawn = [Job(variant, regime, "float64", n, options=options).case() for n in BATCHES]
    return [replace(case, upstream=None) for case in drawn]


def outcome(
    variant: str, c: Convention, layout: Layout, subject: Subject = reference, kept: str = "all",
    some: slice = slice(1),
) -> Outcome:  # fmt: skip
    heard = []
    for case in cases(variant, c.name)[some]:
        arrays = c.export(case, subject)
        some = {k: v for k, v in arrays.items() if kept == "all" or k[-3:] in (".dW", ".db")}
        heard.append((case, some))
    return judged(heard, CheckRequest(Source(layout=layout)))


def finding(found: Outcome) -> Check:
    (broken,) = [check for check in found.checks if not check.passed]
    return broken


def as_told(check: Check) -> Layout:
    words = check.fix.replace("--convention ", "").split()
    return Layout(chosen=dict(map(convention, words)))


@pytest.mark.parametrize(("variant", "c"), PAIRS, ids=IDS)
def test_declared_it_passes(variant: str, c: Convention) -> None:
    for kept in ("all", "gradients"):
        assert outcome(variant, c, c.layout, kept=kept).status == 0


@pytest.mark.parametrize(("variant", "c"), PAIRS, ids=IDS)
def test_undeclared_it_is_one_finding(variant: str, c: Convention) -> None:
    found = outcome(variant, c, PLAIN)
    assert found.status == 1 and not found.tally.failed and not found.guilty
    assert as_told(finding(found)).chosen == c.layout.chosen


@pytest.mark.parametrize(("variant", "c"), PAIRS, ids=IDS)
def test_in_gradients_alone_it_is_ours_or_one_finding(variant: str, c: Convention) -> None:
    """1/N at the parameters shows on the way alone, and what an update loses is within the bounds
    of gradients alone; a summed loss is as good as summed gradients.  Maxima that tie on digits
    were made from the same numbers: to which the gradient goes shows in no sum over places.  Where
    an error is masked shows in no parameter."""
    found = outcome(variant, c, PLAIN, kept="gradients")
    assert not found.tally.failed and not found.guilty
    if found.status:
        assert outcome(variant, c, as_told(finding(found)), kept="gradients").status == 0
    else:
        assert c.name in UNSEEN


Change = Callable[[NDArray[Any]], NDArray[Any]]
MISTAKES: dict[str, tuple[str, Change]] = {
    "twice": ("C3.dW", lambda v: 2 * v),
    "sign": ("C1.db", lambda v: -v),
    "never stored": ("F6.db", np.zeros_like),
    "kernel turned": ("C1.dW", lambda v: v[:, :, ::-1, ::-1]),
    "a tenth": ("C3.db", lambda v: v / 10),
    "one per cent": ("F6.dW", lambda v: 1.01 * v),
    "moduli": ("C5.db", np.abs),
    "last unit lost": ("F6.dW", lambda v: v * (np.arange(len(v)) < len(v) - 1)[:, None]),
    "maps in reverse": ("C3.dW", lambda v: v[::-1]),
    "one for all": ("C5.db", lambda v: np.full_like(v, v.sum())),
}


def mistaken(name: str) -> Subject:
    """The reference with one tensor changed."""
    tensor, change = MISTAKES[name]

    def subject(case: Case) -> Arrays:
        right = dict(reference(case))
        return right | {tensor: np.ascontiguousarray(change(right[tensor]))}

    return subject


@pytest.mark.parametrize(("variant", "c"), PAIRS, ids=IDS)
def test_declared_it_hides_no_mistake(variant: str, c: Convention) -> None:
    case = cases(variant, c.name)[0]
    for name, (tensor, _) in MISTAKES.items():
        ours, trace = as_trace(case, c.export(case, mistaken(name)), c.layout)
        (found,) = Judge(ours, trace, with_truth=False, partial=True).findings(only={tensor})
        assert found.guilty, name


@pytest.mark.parametrize(("variant", "c"), PAIRS, ids=IDS)
def test_undeclared_a_mistake_beside_it_stands_alone(variant: str, c: Convention) -> None:
    name = list(MISTAKES)[OTHERS.index(c) % len(MISTAKES)]
    found = outcome(variant, c, PLAIN, mistaken(name))
    assert as_told(finding(found)).chosen == c.layout.chosen
    assert found.guilty == (MISTAKES[name][0].partition(".")[0],)


def test_a_mistake_alone_is_no_convention() -> None:
    """What is left under every convention is told as it is without."""
    for tensor, change in [*MISTAKES.values()][::3]:
        arrays = [(case, dict(reference(case))) for case in cases("modern", "")]
        heard = [
            (case, a | {tensor: np.ascontiguousarray(change(a[tensor]))}) for case, a in arrays
        ]
        found = judged(heard, CheckRequest())
        assert not any(check.name == "convention" for check in found.checks)
        assert found.guilty == (tensor.partition(".")[0],)


@pytest.mark.parametrize("variant", ["modern", "1998"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_what_an_update_loses_is_doubled_where_its_gradient_is(variant: str, dtype: str) -> None:
    case = replace(Job(variant, "digits", dtype, 3).case(), upstream=None)
    by_name = {c.name: c for c in CONVENTIONS}
    halves = by_name["loss = half"].export(case, reference)
    arrays = by_name["update = 0.01"].export(case, lambda _: halves)
    layout = Layout(chosen={"loss": "half", "update": "0.01"})
    assert judged([(case, arrays)], CheckRequest(Source(layout=layout))).status == 0


def test_the_sign_and_the_sum_are_found_together() -> None:
    """Of a factor -N neither alone makes anything right."""
    (case,) = cases("modern", "")[:1]
    right = dict(reference(case))
    kept = {k: -case.batch * v for k, v in right.items() if k[-3:] in (".dW", ".db")}
    found = judged([(case, kept | {"loss.data": right["loss.data"]})], CheckRequest())
    assert as_told(finding(found)).chosen == {"gradients": "sum", "sign": "negative"}


@pytest.mark.parametrize("variant", ["modern", "1998"])
def test_three_are_found_in_gradients_alone(variant: str) -> None:
    """Another layout of filters, one of matrices, and the sum: neither layout makes anything right
    before the sum is known, and the sum makes right what has no layout."""
    (case,) = cases(variant, "")[:1]
    heard = {}
    for name, value in reference(case).items():
        if name.endswith((".dW", ".db")):
            axes = {4: (2, 3, 1, 0), 2: (1, 0)}.get(value.ndim, (0,))
            heard[name] = case.batch * value.transpose(axes)
    found = judged([(case, heard)], CheckRequest())
    chosen = as_told(finding(found)).chosen
    assert chosen == {"gradients": "sum", "convolution": "HWIO", "affine": "in-out"}
    assert not found.guilty


@pytest.mark.parametrize(
    ("key", "value"),
    [("loss", "sum"), ("gradients", "sum"), ("sign", "negative"), ("ties", "all"),
     ("masked", "earlier"), ("update", "0.01")],
)  # fmt: skip
def test_what_is_declared_and_not_so_is_to_be_left_out(key: str, value: str) -> None:
    """Nobody is accused, and no second convention makes up for the first."""
    (case,) = cases("modern", "")[:1]
    layout = Layout(chosen={key: value})
    found = judged([(case, dict(reference(case)))], CheckRequest(Source(layout=layout)))
    if key == "update":  # a right gradient is within what an update loses
        assert found.status == 0
        return
    told = finding(found)
    assert (told.drop, told.fix, found.guilty) == (key, "", ())
    assert found.status == 1


def test_what_a_conversion_rounds_explains_nothing() -> None:
    """1/N twice, each gradient divided again when stored: 1998's ds is then off by a rounding that
    a sum would excuse, and a sum was made right there alone."""
    (case,) = cases("1998", "")[:1]
    symbols = ("dx", "dy", "dz", "da", "ds", "dW", "db")
    right = reference(case)
    twice = {k: v / case.batch if k.partition(".")[2] in symbols else v for k, v in right.items()}
    found = judged([(case, twice)], CheckRequest())
    assert not any(check.name == "convention" for check in found.checks)
    assert "loss" in found.guilty


def test_nothing_judged_is_no_pass() -> None:
    """At so small a rate every element is blunter than its size."""
    case = replace(Job("modern", "digits", "float32", 3).case(), upstream=None)
    zeros = {k: np.zeros_like(v) for k, v in reference(case).items() if k[-3:] in (".dW", ".db")}
    found = judged([(case, zeros)], CheckRequest(Source(layout=Layout(chosen={"update": "1e-12"}))))
    assert found.judged == 0 and found.status == 1
