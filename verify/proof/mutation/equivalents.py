"""Surviving mutants that change nothing, each with the reason.

A line of the table names a module, the source line, the mutation and why it is equivalent.
The campaign holds the table against what happened: a line that no mutant matches, or whose
mutant was killed, is an error, so that the list cannot hide a survivor.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from verify.proof.mutation.operators import Mutant

__all__ = ["COMMUTES", "EQUIVALENT", "INFERRED", "LARGER", "OF_JUDGE", "SAME_LENGTH", "UNWRITTEN",
           "Equivalent", "matches", "reason", "stale"]  # fmt: skip


class Equivalent(NamedTuple):
    """One line.  source: a piece of the source line; what: the mutation, whole."""

    module: str
    source: str
    what: str
    why: str


INFERRED = "NumPy infers the size of any negative axis, -2 as -1"
COMMUTES = "multiplication commutes, bit for bit"
UNWRITTEN = "the view is copied in the next line, and nobody writes to it"
SAME_LENGTH = "both are pairs: a size and a window always have two axes"

EQUIVALENT: tuple[Equivalent, ...] = (
    Equivalent("matrix", ".reshape(k, -1).T", "1 -> 2", INFERRED),
    Equivalent("matrix", "writeable=False", "False -> True", UNWRITTEN),
    Equivalent("architecture", "return shape[0] if len(shape) == 1", "0 -> -1",
               "the shape has one axis: the first is the last"),
    Equivalent("specs.convolution", "zip(self.size, self.kernel,", "True -> False", SAME_LENGTH),
    Equivalent("specs.pool", "zip(self.size, self.window,", "True -> False", SAME_LENGTH),
    Equivalent("specs.pool", "zip(self.window, self.step,", "True -> False", SAME_LENGTH),
    Equivalent("network", "regulariser.gradient(kept",
               "regulariser.gradient(kept['W'], arch.loss.reg) -> "
               "regulariser.gradient(arch.loss.reg, kept['W'])", COMMUTES),
    Equivalent("network", "x.reshape(len(x), -1)", "1 -> 2", INFERRED),
    Equivalent("layers.convolution", "W.reshape(W.shape[0], -1)", "1 -> 2", INFERRED),
    Equivalent("layers.convolution", "size = matrix.output_size(h, kh, stride[0])",
               "matrix.output_size(h, kh, stride[0]) -> matrix.output_size(kh, h, stride[0])",
               "a size of 0 or less, used only to reshape; " + INFERRED),
    Equivalent("activations.relu", "return np.maximum(z, 0)",
               "np.maximum(z, 0) -> np.maximum(0, z)",
               "the larger of two does not depend on their order; 0.0 equals -0.0"),
    Equivalent("activations.logistic", "np.where(z >= 0,", "z >= 0 -> z > 0",
               "at z = 0, exp(-|z|) = 1 and both branches are 1/2"),
    Equivalent("layers.max_pool", "dy.reshape(-1), argmax.reshape(-1)", "1 -> 2", INFERRED),
    Equivalent("layers.subsampling", "ds.reshape(-1)", "1 -> 2", INFERRED),
    Equivalent("layers.subsampling", "coefficient_gradient(s, dz),",
               "coefficient_gradient(s, dz) -> coefficient_gradient(dz, s)", COMMUTES),
    Equivalent("layers.max_pool", "a.T.reshape(-1).take", "1 -> 2", INFERRED),
    Equivalent("layers.average_pool", "dy.reshape(-1)", "1 -> 2", INFERRED),
    Equivalent("fast.average_pool", "by_lines(dy).reshape(-1)", "1 -> 2", INFERRED),
    *(Equivalent("fast.convolution", source, what,
                 "what has one field may be gathered, too: later, and the same")
      for source, what in (
          ("places = matrix.pooled_size(",
           "matrix.pooled_size((outer.shape[1], outer.shape[2]), layer.kernel, layer.stride) -> "
           "matrix.pooled_size(layer.kernel, (outer.shape[1], outer.shape[2]), layer.stride)"),
          *(("places = matrix.pooled_size(", f"{axis} -> {other}")
            for axis, other in ((1, 2), (1, 0), (2, 3), (2, 1))),
          ("if places == (1, 1)", "1 -> 2"), ("if places == (1, 1)", "1 -> 0"))),
    *(Equivalent("fast.convolution", source, "1 -> 2", INFERRED)
      for source in ("W.transpose(0, 2, 1, 3).reshape(k, -1)", "x[:, :kh, :kw].reshape(-1, n)")),
    Equivalent("fast.gathers", "reshape(window[0] * window[1], -1)", "1 -> 2", INFERRED),
    Equivalent("fast.gathers", "apart.reshape(h + kh - 1, k, -1)", "1 -> 2", INFERRED),
    *(Equivalent("fast.gathers", "apart = np.zeros(", what,
                 "more columns of zeros, written where zeros are")
      for what in ("w - kw -> w", "1 -> 2")),
    Equivalent("fast.gathers", "alone = tiles(",
               "tiles((h, w), window, stride) -> tiles(window, (h, w), stride)",
               "added to zeros what else is put in place"),
    Equivalent("fast.gradients", "BLOCK = 64", "64 -> 65", "divided by 2, 4, 8 or 16 as 64 is"),
    Equivalent("fast.gradients", "memory.keep_freed()", "memory.keep_freed() -> pass",
               "a hint to the C library: the numbers are the same, sooner"),
    Equivalent("fast.gradients", "regulariser.gradient(W, loss.reg)",
               "regulariser.gradient(W, loss.reg) -> regulariser.gradient(loss.reg, W)", COMMUTES),
    Equivalent("fast.kernels", "return a * b if a.shape[1] == 1", "1 -> 0",
               "the detour through sums of one product gives the product, later"),
    *(Equivalent("fast.kernels", source, what, "turned around or not, the product is the same")
      for source, what in (("WIDE = 8", "8 -> 9"), ("WIDE = 8", "8 -> 7"),
                           ("if dz.shape[1] >= WIDE", "dz.shape[1] >= WIDE -> dz.shape[1] > WIDE"),
                           ("if dz.shape[1] >= WIDE", "dz.shape[1] >= WIDE -> dz.shape[1] < WIDE"),
                           ("if dz.shape[1] >= WIDE", "1 -> 2"),
                           ("if dz.shape[1] >= WIDE", "1 -> 0"))),
    Equivalent("fast.kernels", "np.equal(a.T, largest",
               "np.equal(a.T, largest, out=seen[1:]) -> np.equal(largest, a.T, out=seen[1:])",
               "a comparison of equals does not depend on their order"),
    Equivalent("fast.kernels", "np.logical_or(seen[q - 1]",
               "np.logical_or(seen[q - 1], seen[q], out=seen[q]) -> "
               "np.logical_or(seen[q], seen[q - 1], out=seen[q])", "either of two, in any order"),
    Equivalent("fast.kernels", "for q in range(2, len(seen))", "2 -> 1",
               "nothing has been seen before the first column"),
    *(Equivalent("fast.kernels", source, what,
                 "the textbook's position, slower, is right for every window")
      for source, what in (("np.equal(a.T, ", "np.equal(a.T, largest, out=seen[1:]) -> pass"),
                           ("if not seen[-1].all()", "-1 -> 1"),
                           ("if not seen[-1].all()", "1 -> 2"),
                           ("if not seen[-1].all()", "1 -> 0"))),
    Equivalent("fast.max_pool", "by_lines(dy).reshape(-1)", "1 -> 2", INFERRED),
    Equivalent("fast.pullback", "x.reshape(-1, x.shape[3])", "1 -> 2", INFERRED),
    Equivalent("fast.subsampling", "coefficient_gradient(s, dz),",
               "subsampling.coefficient_gradient(s, dz) -> "
               "subsampling.coefficient_gradient(dz, s)", COMMUTES),
    Equivalent("fast.subsampling", "transpose(1, 2, 3, 0)).reshape(-1)", "1 -> 2", INFERRED),
    Equivalent("parameters", "limit.reshape(-1,", "1 -> 2", INFERRED),
    Equivalent("storage", "read_array(file, allow_pickle=False)", "False -> True",
               "an array of objects was refused five lines above"),
)  # fmt: skip

LARGER = "the larger of two does not depend on their order, nor does NaN"

OF_JUDGE: tuple[Equivalent, ...] = (
    Equivalent("judge.compare", "spent = (np.where(within, error, 0.0) + b)",
               "np.maximum(np.abs(r), least_size(scale, u)) -> "
               "np.maximum(least_size(scale, u), np.abs(r))", LARGER),
    Equivalent("judge.compare", "fit=_fit(s.reshape(-1), r.reshape(-1)),", "1 -> 2", INFERRED),
    Equivalent("tolerance.sums", 'return Bound("sum", max(n - 1, 1)',
               "max(n - 1, 1) -> max(1, n - 1)", LARGER),
    Equivalent("judge.agreement", "max(a.floor, b.floor)",
               "max(a.floor, b.floor) -> max(b.floor, a.floor)", LARGER),
    Equivalent("judge.measured", "torch.maximum(uniform, bound.propagated)",
               "torch.maximum(uniform, bound.propagated) -> "
               "torch.maximum(bound.propagated, uniform)", LARGER),
    Equivalent("tolerance.origins", "return origins(q, step.inputs[0])", "0 -> -1",
               "a link has one input: the first is the last"),
    Equivalent("tolerance.origins", "return flattened(origins(q, step.inputs[0]))", "0 -> -1",
               "a volume that is flattened is one input: the first is the last"),
    Equivalent("truth.inputs", "reshape(i.shape[0], -1)", "0 -> -1",
               "a bias has one axis: the first is the last"),
    Equivalent("oracle.windows", "blocks = rows.reshape(n, c, h // kh",
               "rows.reshape(n, c, h // kh, w // kw, kh, kw) -> "
               "rows.reshape(c, n, h // kh, w // kw, kh, kw)",
               "images and maps are one row of planes here, and are again in the next line"),
    Equivalent("tolerance.subsampling", "n = q.magnitude(dz)[:, 0].numel()", "0 -> 1",
               "every map has as many elements, and each network of 1998 has a second"),
    Equivalent("oracle.evaluation", "if not self._leaf_known(name, step)",
               "not self._leaf_known(name, step) -> self._leaf_known(name, step)",
               "a key: the names that are known tell those that are not"),
    Equivalent("truth.evaluate", "wider = np.finfo(np.longdouble).eps",
               "np.finfo(np.longdouble).eps < np.finfo(np.float64).eps / 512 -> "
               "np.finfo(np.longdouble).eps <= np.finfo(np.float64).eps / 512",
               "no format there is has exactly nine bits more"),
    Equivalent("judge.conclude.common", "c.fit_residual <= tolerance and",
               "c.fit_residual <= tolerance -> c.fit_residual < tolerance",
               "a residual that is the root of the unit roundoff to the bit has no meaning"),
    Equivalent("judge.agreement", "ratio = np.maximum(b, _LEAST)",
               "np.maximum(b, _LEAST) -> np.maximum(_LEAST, b)", LARGER),
    Equivalent("truth.subsampling", "repeat(kw, axis=3) * _share(i, i[0].dtype)", "0 -> -1",
               "dx is made of one input: the first is the last"),
)  # fmt: skip
"""The same for the judge; modules below verify."""


def reason(mutant: Mutant) -> str:
    """Why a mutant is equivalent, or an empty string."""
    return next((entry.why for entry in _table(mutant) if matches(entry, mutant)), "")


def matches(entry: Equivalent, mutant: Mutant) -> bool:
    """A line of the table speaks of this mutant."""
    return (
        mutant.module.partition(".")[2] == entry.module
        and entry.source in mutant.source
        and entry.what == mutant.what
    )


def stale(tried: Iterable[Mutant], survived: Iterable[Mutant]) -> list[Equivalent]:
    """Lines about a module that was tried, of which no mutant survived."""
    every, alive = list(tried), list(survived)
    modules = {mutant.module.partition(".")[2] for mutant in every}
    asked = [e for e in (_table(every[0]) if every else ()) if e.module in modules]
    return [entry for entry in asked if not any(matches(entry, mutant) for mutant in alive)]


def _table(mutant: Mutant) -> tuple[Equivalent, ...]:
    """The lines about the reference, or about the judge."""
    return OF_JUDGE if mutant.module.startswith("verify.") else EQUIVALENT
