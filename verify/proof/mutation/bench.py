"""What a judge says of a fixed set of traces, and of two runs: its signature.

The signature of the judge as it stands is taken before anything is mutated, and must be a sane
one: right traces have no failing row, of the traces that are wrong throughout every tensor is
blamed.  A mutant that changes one verdict, one guilty layer, one conclusion, one exit status or
the first digit of one bound has another signature.
"""

from __future__ import annotations

import contextlib
import io
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from verify.cases.case import Case
from verify.cases.plan import Job
from verify.errors import HarnessError
from verify.judge.conclude.conclusions import conclude
from verify.judge.conclude.tally import Tally
from verify.judge.findings import Finding
from verify.judge.verdict import Verdict
from verify.pipeline.judging import Terms, judged
from verify.proof.faults.fault import Fault, planted
from verify.proof.self_test import prove_gate
from verify.report import conclusions
from verify.report.rows import row
from verify.subjects.reference import reference

__all__ = ["FIGURES", "GRADIENTS", "MEAN", "OPTIONS", "RIGHT", "SMALL", "WHOLE", "WRONG", "Arrays",
           "Command", "Signature", "Trial", "proved", "runs", "sane", "signature", "trials",
           "unchanged"]  # fmt: skip
Arrays = dict[str, NDArray[Any]]
Signature = dict[str, Any]
Command = Callable[[Sequence[str]], int]
"""The command line: words in, exit status out."""
RIGHT, WRONG = "right", "wrong"
OPTIONS = (("reading", "seed"), ("subsampling", "average"), ("loss", "map"), ("j", 84.0))
WHOLE = (
    Job("modern", "digits", "float64", 2),
    Job("modern", "ties", "float32", 2),
    Job("1998", "competitive", "float64", 2),
    Job("1998", "integers", "exact", 2),
    Job("1998", "signed", "float64", 2, options=OPTIONS),
)
SMALL = (
    Job("modern", "probe-convolution", "float64", 3),
    Job("modern", "probe-max-pool", "float64", 3),
    Job("modern", "probe-affine", "exact", 2),
    Job("1998", "probe-sparse", "float64", 3),
    Job("1998", "probe-subsampling", "float32", 3),
    Job("1998", "probe-average", "exact", 3),
    Job("1998", "probe-tanh", "float64", 3),
    Job("1998", "probe-rbf", "float64", 3),
    Job("modern", "probe-cross-entropy", "float64", 16),
    Job("1998", "probe-map", "float64", 16),
    *(Job("options", f"probe-{name}", "float64", 16) for name in (
        "smoothing", "distance-softmax", "squared-softmax", "mean-outputs")),
    Job("options", "probe-squared-outputs", "exact", 16),
)  # fmt: skip
GRADIENTS = ("dW", "db")
FIGURES = ("own_error", "own_ratio", "fit_scale", "cosine", "scale")
MEAN = Fault("mean", "a bias gradient that is a mean", "the bench", "layers.affine.bias_gradient",
             lambda original: lambda dz: dz.mean(axis=0))  # fmt: skip


@dataclass(frozen=True)
class Trial:
    """A trace of a case.  kind: right or wrong; partial: it may have gaps."""

    name: str
    case: Case
    trace: Arrays
    kind: str
    partial: bool = False
    truth: bool = False


def trials() -> list[Trial]:
    """The catalogue, drawn once."""
    found = [t for job in WHOLE + SMALL for t in _of(job.case(), job in SMALL)]
    return found + [t for job in WHOLE[:2] for t in _striped(job.case())]


def _striped(case: Case) -> Iterator[Trial]:
    """Images whose rows are all the same: in each window two maxima tie, and rounding decides."""
    images = np.repeat(case.images[:, :, 12:13], case.images.shape[2], axis=2)
    case = replace(case, regime="striped", images=images)
    trace = dict(reference(case))
    gradients = {k: v for k, v in trace.items() if k.split(".")[1] in GRADIENTS}
    yield Trial(f"{case.name} gradients", case, gradients, RIGHT, True)
    wrong = {k: _off(v, 1e-2) for k, v in gradients.items()}
    yield Trial(f"{case.name} wrong gradients", case, wrong, WRONG, True)


def _of(case: Case, small: bool) -> Iterator[Trial]:
    trace = dict(reference(case))
    yield Trial(f"{case.name} right", case, trace, RIGHT, truth=small)
    gradients = {k: v for k, v in trace.items() if k.split(".")[1] in GRADIENTS}
    yield Trial(f"{case.name} gradients", case, gradients, RIGHT, True)
    if small:
        step = {"float64": 1e-9, "float32": 1e-2}[case.dtype]
        wrong = {name: _off(value, step) for name, value in trace.items()}
        yield Trial(f"{case.name} wrong throughout", case, wrong, WRONG)
        last = {k: _off(v, step) for k, v in gradients.items()}
        yield Trial(f"{case.name} wrong gradients", case, last, WRONG, True)
        halves = dict(list(trace.items())[::2])
        yield Trial(f"{case.name} half of it", case, halves, RIGHT, True)
        other = reference(replace(case, images=-case.images))
        yield Trial(f"{case.name} other images", case, dict(other), "either")
        spoiled = {name: _spoiled(value) for name, value in trace.items()}
        yield Trial(f"{case.name} no numbers", case, spoiled, "either")


def _off(value: NDArray[Any], step: float) -> NDArray[Any]:
    """Every element off by so much, relative; integers by one."""
    if value.dtype.kind in "iu":
        return value + 1
    return np.asarray(value * (1 + step) + (value == 0) * step, dtype=value.dtype)


def _spoiled(value: NDArray[Any]) -> NDArray[Any]:
    changed = np.array(value)
    if changed.dtype.kind == "f":
        changed.reshape(-1)[0] = np.nan
    return changed


def signature(trial: Trial) -> Signature:
    """Verdicts of every tensor, what the totals make of them, and the conclusions."""
    bounds = trial.kind == RIGHT  # where own errors prove them, to have them all the same
    terms = Terms(truth=trial.truth, partial=trial.partial, causes=False, bounds=bounds)
    found = judged(trial.case, trial.trace, terms)
    tally, concluded = Tally(found), conclude([(trial.case, found)])
    return {
        "verdicts": {f.step.tensor: _words(f) for f in found},
        "guilty": tally.guilty(trial.case.arch.variant),
        "counts": (tally.rows, tally.failed, tally.unverified),
        "told": {f.step.tensor: _figures(row(f)) for f in found if f.failed},
        "allowed": {f.step.tensor: _allowed(row(f)) for f in found},
        "said": [
            *conclusions.told(concluded),
            *conclusions.too_blunt(concluded),
            *map(" ".join, concluded.suspects),
        ],
    }


def _words(f: Finding) -> tuple[Any, ...]:
    return (f.own.verdict, f.inherited.verdict, f.verdict, f.inherited.flips, f.rests_on, f.guilty)


def _allowed(told: Mapping[str, Any]) -> tuple[str, ...]:
    """Both bounds to one digit, and their rules."""
    bounds = (f"{told[f'{kind}_bound']:.0e}" for kind in ("own", "inherited"))
    return (*bounds, told["own_rule"], told["inherited_rule"])


def _figures(told: Mapping[str, Any]) -> list[str]:
    """What a person reads of a row that fails, to a few digits."""
    figures = [f"{told[name]:.3g}" for name in FIGURES]
    return [*figures, *(str(told[name]) for name in ("index", "nan", "inf", "elements"))]


def sane(trial: Trial, found: Mapping[str, Any]) -> None:
    """Known of each trace, whoever judges.

    Raises:
        HarnessError: the judge as it stands is wrong about a trace of the bench.
    """
    verdicts = found["verdicts"]
    fine = (Verdict.PASS, Verdict.UNVERIFIED, Verdict.ABSENT)
    failing = [n for n, v in verdicts.items() if v[2] not in fine]
    asked = [name for name in verdicts if name in trial.trace]
    missed = [name for name in asked if verdicts[name][2] is Verdict.PASS]
    wrong = failing if trial.kind == RIGHT else missed if trial.kind == WRONG else []
    if wrong:
        raise HarnessError("the judge is wrong about its bench", where=trial.name, got=wrong[0])


def runs(main: Command) -> Signature:
    """Exit statuses and reports of a right and of a wrong run."""
    found = {RIGHT: _run(main)}
    with planted(MEAN):
        found[WRONG] = _run(main)
    return found


def _run(main: Command) -> tuple[int, str, str]:
    said = io.StringIO()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(said):
        chosen = ("--variant", "modern", "--regime", "probe-affine", "--tier", "float64")
        status = main([*chosen, "--batch", "3", "--jobs", "1", "--out", folder])
        text = said.getvalue().replace(folder, "")
        return status, text, (Path(folder) / "summary.csv").read_text()


def proved() -> bool:
    """The self-test passes."""
    prove_gate()
    return True


def unchanged(known: Mapping[str, Signature], every: list[Trial], main: Command) -> bool:
    """The judge says of each trace and of both runs what it said before."""
    small_first = sorted(every, key=lambda t: sum(v.size for v in t.trace.values()))
    return runs(main) == known["runs"] and all(signature(t) == known[t.name] for t in small_first)
