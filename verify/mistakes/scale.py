"""Wrong by one factor: match it against the quantities that mistakes are made of.

Several may have one value: N/2 is 1/S with three patterns.  Then all of them are said, and a case
of another batch tells them apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from lenet_ref.specs.activation import parts
from lenet_ref.specs.layer import activation_of
from verify.judge.findings import Cause, Nearest
from verify.mistakes.hypothesis import Candidate, Evidence
from verify.mistakes.situation import Situation

__all__ = ["NEAR", "OR", "PLAIN", "SQUASH", "A", "Factor", "S", "anonymous", "cause", "factors",
           "fitted", "fitting", "holds_mean", "hypotheses", "is_factor", "nearest", "of_batch",
           "of_constants", "of_layers", "of_rows", "path", "row_count", "with_others"]  # fmt: skip
A, S = 1.7159, 2 / 3
OR = "; or x "
"""Between factors of one value."""
NEAR = 0.01
"""Part of a factor by which the measured one may differ from it before anything is compared: a
bound wider than the tensor itself would let any of them fit."""


class Factor(NamedTuple):
    """A quantity that a result may be multiplied by.  text: completes "x ..."."""

    name: str
    value: float
    text: str


def hypotheses(e: Evidence) -> Iterator[Candidate]:
    """The oracle's result times a named quantity: one cause of all that rounding cannot tell
    apart."""
    found = fitting(e)
    if found:
        yield Candidate(cause(e, found))


def fitting(e: Evidence) -> list[Factor]:
    """Named quantities that explain the subject, one of each name."""
    measured, found = fitted(e), dict[str, Factor]()
    for factor in factors(e):
        near = abs(factor.value - measured) <= NEAR * abs(factor.value)
        if near and factor.value not in (0.0, 1.0) and is_factor(e, factor.value):
            found.setdefault(factor.name, factor)
    return list(found.values())


def is_factor(e: Evidence, factor: float) -> bool:
    """The subject is the right result times a number."""
    return e.fits(e.oracle * factor, factor=factor)


def cause(e: Evidence, found: list[Factor]) -> Cause:
    """What several factors of one value say together."""
    text = f"{e.step.tensor} equals the reference x " + OR.join(f.text for f in found)
    names = tuple(f.name for f in found)
    if names[0] == "sign":
        text = f"{e.step.tensor} has the wrong sign"
    options = names if len(names) > 1 else ()
    return Cause(names[0], text, options=options, factor=found[0].value)


def with_others(e: Evidence, said: Cause) -> Cause:
    """A cause that is one factor, with the quantities of the batch that have the same value."""
    factor = fitted(e)
    if said.options or not is_factor(e, factor):
        return said
    said = replace(said, factor=factor)
    batch = {f.name for f in of_batch(e.batch)}
    others = [f for f in fitting(e) if f.name in batch and f.name != said.name]
    text = OR.join((said.text, *(f.text for f in others)))
    names = (said.name, *(f.name for f in others))
    return replace(said, text=text, options=names) if others else said


def fitted(e: Situation) -> float:
    """The factor from oracle to subject that leaves least; NaN where there is none."""
    size = float((e.oracle * e.oracle).sum())
    return float((e.subject * e.oracle).sum()) / size if size > 0 else math.nan


def factors(e: Situation) -> Iterator[Factor]:
    """All that this tensor may be multiplied by, the most telling first; each with the other sign
    too."""
    batch = of_batch(e.batch, "loss.dx" in e.steps) if holds_mean(e) else ()
    found = [*of_rows(e), *batch, *of_layers(e), *PLAIN]
    yield Factor("sign", -1.0, "-1")
    yield from found
    for name, value, text in found:
        yield Factor(f"minus-{name}", -value, f"-{text}, and has the wrong sign")


def of_rows(e: Situation) -> Iterator[Factor]:
    """Averages over what a parameter gradient sums over."""
    if e.step.symbol not in ("db", "dW"):
        return
    rows, n = row_count(e), e.batch
    text = "averaged over the rows" if rows > n else "averaged over the batch rows"
    if rows > 1:
        yield Factor("averaged-over-rows", 1 / rows, f"1/{rows}: {text}, must be summed")
    if rows > n:
        p = rows // n
        text = f"1/{p}: averaged over the {p} positions, must be summed"
        yield Factor("averaged-over-positions", 1 / p, text)


def of_batch(n: int, loss: bool = True) -> Iterator[Factor]:
    """Losses and gradients hold the mean over the batch: N, and its products with 2.  loss: there
    is one; an upstream gradient that is given holds 1/N or does not, and no layer adds it."""
    if n == 1:
        return
    given = "the gradient handed in is not to be averaged"
    yield Factor("times-N", n, f"N = {n}: {'1/N is missing' if loss else 'multiplied by N'}")
    twice = "1/N was applied twice" if loss else f"divided by N; {given}"
    yield Factor("over-N", 1 / n, f"1/N = 1/{n}: {twice}")
    yield Factor("half-N", n / 2, f"N/2 = {n}/2: half the sum over the batch")
    yield Factor("over-2N", 1 / (2 * n), f"1/(2N) = 1/{2 * n}: 1/N twice, and halved")
    yield Factor("two-over-N", 2 / n, f"2/N = 2/{n}: 1/N twice, and doubled")
    yield Factor("two-N", 2 * n, f"2N = {2 * n}: 1/N is missing, and doubled")
    yield Factor("N-squared", n * n, f"N^2 = {n * n}: multiplied by N where 1/N belongs")
    yield Factor("over-N-squared", 1 / n**2, f"1/N^2 = 1/{n * n}: 1/N was applied three times")


def of_layers(e: Situation) -> Iterator[Factor]:
    """Sizes and constants of the layers that the tensor comes through."""
    specs = path(e)
    for size in sorted({math.prod(s.window) for s in specs if hasattr(s, "window")}):
        text = f"1/{size}: averaged over the window, must be summed"
        yield Factor("quarter" if size == 4 else "over-window", 1 / size, text)
        text = f"{size}: summed over the window, must be averaged"
        yield Factor("four" if size == 4 else "times-window", size, text)
    for size in sorted({math.prod(s.kernel) for s in specs if hasattr(s, "kernel")}):
        text = f"1/{size}: divided by the kernel's area"
        yield Factor("over-kernel", 1 / size, text)
    if any(activation_of(spec) == "squash" for spec in specs):
        yield from SQUASH
    for kind, own in sorted({parts(activation_of(spec)) for spec in specs}):
        if kind == "scaled_tanh":
            yield from of_constants(*own)


SQUASH = (
    Factor("lost-AS", 1 / (A * S), "1/(A S): both constants of the squash are lost"),
    Factor("extra-AS", A * S, "A S: the constants of the squash are applied twice"),
    Factor("lost-S", 1 / S, "1/S = 3/2: the slope S of the squash is lost"),
    Factor("extra-S", S, "S = 2/3: the slope S of the squash is applied twice"),
    Factor("lost-A", 1 / A, "1/A: the amplitude A of the squash is lost"),
    Factor("extra-A", A, "A: the amplitude A of the squash is applied twice"),
    Factor("rounded-AS", 1.14393 / (A * S), "1.14393/(A S): the constant was rounded"),
)


def of_constants(a: float, s: float) -> Iterator[Factor]:
    """Of a tanh with an amplitude and a slope of its own."""
    for name, value in (("AS", a * s), ("S", s), ("A", a)):
        text = f"{name[0]} {name[1]}" if len(name) == 2 else name
        yield Factor(f"lost-{name}", 1 / value, f"1/({text}) = {1 / value:.4g}: {text} is lost")
        yield Factor(f"extra-{name}", value, f"{text} = {value:.4g}: {text} is applied twice")


PLAIN = (
    Factor("half", 1 / 2, "1/2: a factor 2 is lost, or a 1/2 too many"),
    Factor("double", 2.0, "2: a factor 1/2 is lost, or counted twice"),
    Factor("a-quarter", 1 / 4, "1/4: halved twice"),
    Factor("four-times", 4.0, "4: doubled twice"),
)


def path(e: Situation) -> list[Any]:
    """The layers whose formulas stand between what was supplied and the tensor."""
    found, wanted, known = [e.spec], [e.step.tensor], e.steps
    while wanted:
        for name in known[wanted.pop()].inputs:
            if name in known and not e.has(name):
                wanted.append(name)
                found += [] if known[name].spec in found else [known[name].spec]
    return found


def holds_mean(e: Situation) -> bool:
    """Losses and gradients hold the mean over the batch; nothing else knows N."""
    return e.step.layer == "loss" or e.step.symbol.startswith("d")


def row_count(e: Situation) -> int:
    """Terms summed into one element of a parameter gradient."""
    name = f"{e.step.layer}.dz"
    if name not in e.shapes:
        return e.batch
    n, _, *positions = e.shapes[name]
    return n * math.prod(positions)


def anonymous(e: Situation) -> Iterator[Candidate]:
    """One factor that matches nothing by name; last resort, still worth saying."""
    factor = fitted(e)
    if not math.isfinite(factor) or e.oracle.numel() < 4:
        return
    shown = f"{factor:.10g}" if abs(factor - 1) > 1e-6 else f"(1 {factor - 1:+.3g})"
    text = f"{e.step.tensor} equals the reference x {shown}: one constant factor"
    yield Candidate(
        Cause("constant-factor", text, factor=factor), lambda: e.oracle * factor, 1, factor
    )


def nearest(e: Evidence) -> Nearest | None:
    """The factor that explains at least half of the error, and what it leaves."""
    factor, size = fitted(e), float(e.subject.norm())
    left = float((e.subject - factor * e.oracle).norm())
    if e.oracle.numel() < 4 or not 2 * left <= float(e.error.norm()) < math.inf:
        return None
    return Nearest(factor, left / size)
