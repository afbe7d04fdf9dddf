"""The policies that people use, each with where it is known from; ours are in :mod:`.ours`."""

from __future__ import annotations

from collections.abc import Iterator

from verify.proof.evidence import nearness
from verify.proof.evidence.differences import Differences
from verify.proof.evidence.policy import Compared, Policy

BOTH = ("usual", "every")
CLOSE = "numpy.allclose, torch.allclose: atol 1e-8, rtol as it is chosen"
TYPED = "torch.testing.assert_close: 1e-7 in float64, 1.3e-6 and 1e-5 in float32"
COSINES = "accuracy tools for quantized and compiled networks: the first layer with a smaller one"
RELATIVE = "|a - b| / |b|; 1e-7 in courses' gradient checks, 1e-2 in ports"
COURSE = "CS231n, gradient checks: 1e-2 wrong, 1e-4 with kinks, 1e-7 happy"
MEANS = "tests of ported models: mean |y| to 1e-3 (diffusers' schedulers)"
MATCHED = "kernel contests: required_matched_ratio 0.99 of elements within 1e-3"
ONES = "y.sum().backward() on both sides, then torch.allclose"
HALF = "KernelBench: atol = rtol = 1e-2 for half precision, at first for all"
SINGLE = "KernelBench: atol = rtol = 1e-4 for float32 (torchbench)"
THOUSANDTH = "kernel benchmarks: atol = rtol = 1e-3"


def policies() -> list[Policy]:
    """All of them, in the order of the table: by what they read, then from lax to strict."""
    return [*_benchmarks(), *(p for tensors in BOTH for p in _compared(tensors)), *_differences()]


def _benchmarks() -> Iterator[Compared]:
    for by, source in (("1e-2", HALF), ("1e-3", THOUSANDTH), ("1e-4", SINGLE)):
        near = nearness.allclose(float(by), float(by))
        yield Compared("kernel", f"atol = rtol = {by}", "output", source, near)


def _compared(tensors: str) -> Iterator[Compared]:
    for digits in range(2, 8):
        near = nearness.allclose(10.0**-digits)
        yield Compared("allclose", f"allclose 1e-{digits}", tensors, CLOSE, near)
    yield Compared("allclose", "assert_close", tensors, TYPED, nearness.close_by_dtype)
    near = nearness.allclose(1e-5)
    yield Compared("ones", "of ones, allclose 1e-5", tensors, ONES, near, ones=True)
    near = nearness.matched(0.99, 1e-3)
    yield Compared("matched", "99 % within 1e-3", tensors, MATCHED, near)
    for most in ("1e-2", "1e-4", "1e-7"):
        near = nearness.elementwise(float(most))
        yield Compared("elementwise", f"rel_error {most}", tensors, COURSE, near)
    for most in ("1e-2", "1e-5", "1e-7"):
        near = nearness.norm(float(most))
        yield Compared("norm", f"relative norm {most}", tensors, RELATIVE, near)
    for least in ("0.99", "0.997", "0.999"):
        near = nearness.cosine(float(least))
        yield Compared("cosine", f"cosine {least}", tensors, COSINES, near)
    yield Compared("means", "means to 1e-3", tensors, MEANS, nearness.means(1e-3))


def _differences() -> Iterator[Differences]:
    for dtype, steps in (("float64", ("1e-5", "1e-7")), ("float32", ("1e-3", "1e-4"))):
        for step in steps:
            for most in ("1e-2", "1e-4", "1e-7"):
                name = f"differences {step}, {most}"
                yield Differences("differences", name, "gradients", COURSE, dtype,
                                  float(step), float(most))  # fmt: skip
