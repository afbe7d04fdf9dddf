"""Everything there is to say of one tensor: equation, code, tolerance, conventions, last row."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from lenet_ref.architecture import Architecture
from lenet_ref.door import reason
from lenet_ref.networks import PRESETS
from verify.cases.options import Options
from verify.cases.plan import Job
from verify.errors import InputError
from verify.expected import pages
from verify.expected.derivation import equations
from verify.expected.shapes import shapes
from verify.expected.step import Step
from verify.expected.steps import steps
from verify.pipeline.judging import Terms, judge_subject
from verify.proof.conventions import CONVENTIONS
from verify.report.rows import row
from verify.report.screen import ratio
from verify.subjects.reference import reference
from verify.words import nearest

Row = dict[str, str]
DIFF = "diff.csv"
READ = ("variant", "tensor", "options", "equation", "own_rule")
"""Columns without which a file is no report."""
SIGNS = "signs"
"""A second look, which fails nobody."""
# where docs/tolerance.md derives each rule
SECTIONS = {
    "exact": "4.1",
    "product": "4.2",
    "repeat": "4.2",
    "sum": "4.3",
    "function": "4.4",
    "distance": "4.5",
    "softmax": "4.6",
    "log-sum-exp": "4.6",
    SIGNS: "4.8",
}


def step_of(arch: Architecture, tensor: str) -> Step | None:
    """The step that makes a tensor of a network, if it has one of that name."""
    return next((step for step in steps(arch) if step.tensor == tensor), None)


def refuse(tensor: str, known: list[str]) -> InputError:
    """No network has that tensor: say which names are near."""
    layers = dict.fromkeys(name.partition(".")[0] for name in known)
    order = [*(name for name in layers if name != "loss"), "loss"]
    return InputError("no such tensor", got=tensor, expected=nearest(tensor, known),
                      fix=f"layers are {' '.join(order)}")  # fmt: skip


def explanation(
    arch: Architecture, step: Step, report: Path, options: Options = ()
) -> list[tuple[str, str]]:
    """(heading, text) pairs; a heading that repeats is left empty."""
    equation = equations()[step.equation]
    last, where = last_row(arch, step, report, options)
    pairs = [
        ("equation", f"{step.equation}: {equation.plain}"),
        ("LaTeX", f"${equation.latex}$"),
        ("shape", f"{shape_of(arch, step.tensor)}, N images"),
        ("made from", ", ".join(name.removeprefix("given.") for name in step.inputs)),
        *(("computed by", place) for place in equation.places()),
        ("judged by", f"PyTorch autograd, operation {step.op} (verify/oracle/operations.py)"),
        ("tolerance", tolerance(last)),
        *(("convention", text) for text in conventions(step)),
        ("last row", f"{where}: {summary(last)}"),
        *[("paths", below) for below in [pages.told()] if below],
    ]
    return [(h if i == 0 or pairs[i - 1][0] != h else "", t) for i, (h, t) in enumerate(pairs)]


def shape_of(arch: Architecture, tensor: str) -> str:
    """For N images: ``(N, 6, 28, 28)``, ``(784*N, 25)``; an equation of a family has that of the
    example it is derived on."""
    one, two = (shapes(arch, n)[tensor] for n in (1, 2))
    axes = [str(a) if a == b else f"{a}*N" if a > 1 else "N" for a, b in zip(one, two, strict=True)]
    return f"({axes[0]},)" if len(axes) == 1 else f"({', '.join(axes)})"


def tolerance(measured: Row) -> str:
    """The rule, its terms, and where it is derived."""
    rule, _, terms = measured["own_rule"].partition(" ")
    return f"{rule}: {terms or '0, bitwise'} (docs/tolerance.md, section {SECTIONS[rule]})"


def conventions(step: Step) -> Iterator[str]:
    """The choices that this tensor depends on."""
    for entry in CONVENTIONS:
        if any(fnmatchcase(step.equation, pattern) for pattern in entry.concerns.split()):
            yield f"{entry.name}: {entry.ours}; its rival: {entry.rival}"


def last_row(
    arch: Architecture, step: Step, report: Path, options: Options = ()
) -> tuple[Row, str]:
    """The last row of a report about this tensor; without a report, one case is judged now."""
    path, found = report / DIFF, None
    mine = (arch.variant, step.tensor, arch.options, step.equation)
    for line in measured(path) if path.is_file() else ():
        if (
            tuple(line[name] for name in READ[:4]) == mine and line["own_rule"]
        ):  # a check of gradients alone measures no own error
            found = line
    if found is not None:
        return found, str(path)
    network = None if arch.variant in PRESETS else arch
    case = Job(arch.variant, "digits", "float64", 3, options=options, network=network).case()
    findings = judge_subject(case, reference, Terms(truth=False))
    finding = next(f for f in findings if f.step.tensor == step.tensor)
    return {key: str(value) for key, value in row(finding).items()}, "judged now"


def measured(path: Path) -> Iterator[Row]:
    """The rows of a diff.csv.

    Raises:
        InputError: it is none of ours.
    """
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            if not {*READ} <= {*(reader.fieldnames or ())}:
                raise InputError("has other columns than a report", where=str(path),
                                 fix="write it again")  # fmt: skip
            yield from reader
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"cannot be read: {reason(error)}", where=str(path)) from None


def summary(r: Row) -> str:
    """Which case, what was found, how small a mistake would have been noticed."""
    case = f"{r['regime']}, {r['tier']}, batch {r['batch']}, seed {r['seed']}"
    if math.isnan(float(r["own_error"])):
        return f"{case}: {r['verdict']}, {r['reason']}"
    own = f"own error {float(r['own_error']):.1e}, {ratio(float(r['own_ratio']))} of its bound"
    floor = float(r["own_floor"])
    certain = "not to pass" if r["own_rule"].startswith(SIGNS) else "to fail"
    return f"{case}: {r['verdict']}, {own}; " + (
        f"a relative error of {floor:.1e} is certain {certain}" if floor else "any error fails"
    )
