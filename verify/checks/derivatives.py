"""The reference's gradients against derivatives of its own forward pass, without autograd.

Complex step: for an analytic f, Im f(x + i h v) / h is the derivative along v to O(h^2), with
no subtraction and so no cancellation; h = 1e-100 leaves rounding alone, and the judge's own
bounds apply.  Finite differences (torch's gradcheck, in the full run): blunter, but they also
reach layers with kinks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.autograd.gradcheck import GradcheckError

from lenet_ref import network
from verify.cases.case import Case, generator
from verify.cases.probes import PROBES, make_probe
from verify.checks.check import Check
from verify.judge.inherited import Inherited
from verify.judge.judge import drift
from verify.judge.trace import Subject, Trace
from verify.tolerance.bound import UNIT_ROUNDOFF, gamma

__all__ = ["SMOOTH", "STEP", "Array", "NumpyLayer", "complex_step", "derivative_checks",
           "dot_product_bound", "finite_differences", "given", "output",
           "smooth_point"]  # fmt: skip
Array = NDArray[Any]
STEP = 1e-100
SMOOTH = ("probe-sparse", "probe-subsampling", "probe-tanh", "probe-rbf")


def given(case: Case) -> dict[str, Array]:
    """The differentiable inputs of a probe by symbol: x and its layer's W and b."""
    layer = case.arch.layers[0].name
    return {"x": case.images} | {k.removeprefix(f"{layer}."): v for k, v in case.parameters.items()}


def output(case: Case, inputs: dict[str, Array]) -> Array:
    """y of the probe's layer, for real or complex inputs."""
    layer = case.arch.layers[0]
    return network.layer_forward(layer, inputs["x"], inputs)["y"]


def complex_step(name: str, subject: Subject) -> list[Check]:
    """One random direction for each differentiable input of a probe."""
    case = make_probe(name, "float64", 2, 0)
    trace = subject(case)
    error_of = drift(case, trace)
    return [_along(case, trace, error_of, symbol) for symbol in given(case)]


def _along(case: Case, trace: Trace, error_of: Inherited, symbol: str) -> Check:
    inputs = given(case)
    rng = generator("complex-step", case.regime, symbol)
    direction = rng.standard_normal(inputs[symbol].shape)
    layer = case.arch.layers[0].name
    tensor = f"{layer}.d{symbol}"
    if symbol == "W" and hasattr(case.arch.layers[0], "table"):
        direction = np.where(inputs["W"] != 0, direction, 0)
    moved = {**inputs, symbol: inputs[symbol] + 1j * STEP * direction}
    upstream = np.asarray(case.upstream, dtype=float)
    found = float((output(case, moved).imag / STEP * upstream).sum())
    claimed = float((trace[tensor] * direction).sum())
    allowed = dot_product_bound(trace[tensor], error_of(tensor), direction)
    error = abs(found - claimed)
    detail = f"<{tensor}, v> = {claimed:.6g}, off by {error:.1e}, allowed {allowed:.1e}"
    what = f"{case.regime} {tensor}"
    return Check("complex-step", case.arch.variant, what, error <= allowed, detail)


def dot_product_bound(gradient: Array, bound: torch.Tensor | None, direction: Array) -> float:
    """What rounding explains of <gradient, v>: the layer's bound of the gradient, once for each
    of the two evaluations (the complex one sums the same products), and both dot products."""
    layer = 0.0 if bound is None else float((np.abs(direction) * bound.numpy()).sum())
    products = float(np.abs(direction * gradient).sum())
    return 2 * layer + 2 * gamma(direction.size, UNIT_ROUNDOFF["float64"]) * products


class NumpyLayer(torch.autograd.Function):
    """A probe of the reference as torch sees it, its layer and what may stand before it: its own
    backward, no autograd inside."""

    @staticmethod
    def forward(ctx: Any, case: Case, x: torch.Tensor, *weights: torch.Tensor) -> torch.Tensor:
        """y from NumPy."""
        ctx.arch, names = replace(case.arch, loss=None), list(case.parameters)
        arrays = dict(zip(names, [t.detach().numpy() for t in weights], strict=True))
        ctx.tensors = network.forward(ctx.arch, arrays, x.detach().numpy())
        first, last = ctx.arch.layers[0].name, ctx.arch.layers[-1].name
        ctx.names = [f"{first}.dx", *(name.replace(".", ".d") for name in names)]
        return torch.tensor(np.ascontiguousarray(ctx.tensors[f"{last}.y"]))

    @staticmethod
    def backward(ctx: Any, *upstream: Any) -> Any:
        """Gradients from NumPy."""
        found = network.backward(ctx.arch, ctx.tensors, upstream=upstream[0].numpy())
        gradients = [found.get(name) for name in ctx.names]
        return None, *(
            None if g is None else torch.tensor(np.ascontiguousarray(g)) for g in gradients
        )


def finite_differences(name: str) -> Check:
    """torch.autograd.gradcheck on one probe, all inputs at once.

    Central differences with step e err by u F / e (rounding of F) and F e^2 (curvature); e is
    chosen where they meet, u^(1/3), and F is the largest output of the probe times its terms.
    """
    case = smooth_point(make_probe(name, "float64", 2, 1))
    step = float(np.finfo(float).eps) ** (1 / 3)
    arrays = [case.images, *case.parameters.values()]
    values = [torch.tensor(v, requires_grad=True) for v in arrays]
    y = NumpyLayer.apply(case, *values)  # type: ignore[no-untyped-call]
    largest = float(y.detach().abs().max()) + 1
    allowed = largest * values[0][0].numel() * (float(np.finfo(float).eps) / step + step**2)
    passed, detail = True, f"all entries within {allowed:.1e}"
    try:
        torch.autograd.gradcheck(
            partial(NumpyLayer.apply, case), values, eps=step, atol=allowed, rtol=0.0
        )
    except GradcheckError as error:
        passed, detail = False, str(error).splitlines()[0]
    return Check("finite-differences", case.arch.variant, name, passed, detail)


def smooth_point(case: Case) -> Case:
    """The probe with normal numbers only: gradcheck needs distance from every kink."""
    rng = generator("gradcheck", case.regime)
    weights = {
        k: np.where(v != 0, rng.standard_normal(v.shape), 0) for k, v in case.parameters.items()
    }
    return replace(case, images=rng.standard_normal(case.images.shape), parameters=weights)


def derivative_checks(subject: Subject, full: bool) -> Iterator[Check]:
    """Complex step always; gradcheck, which is slow, in the full run."""
    for name in SMOOTH:
        try:
            yield from complex_step(name, subject)
        except Exception as error:  # a layer that raises fails the check, not the harness
            yield Check("complex-step", PROBES[name].variant, name, False, f"raised {error}")
    if full:
        for name in PROBES:
            yield finite_differences(name)
