"""What "near enough" means to people: each function makes a comparison of two tensors.

All are written positively, so that NaN is near nothing, but where the tool itself says otherwise.
"""

from __future__ import annotations

import numpy as np

from verify.proof.evidence.exhibit import Array
from verify.proof.evidence.policy import Agrees

DEFAULTS = {"float64": (1e-7, 1e-7), "float32": (1.3e-6, 1e-5)}
"""rtol and atol of torch.testing.assert_close by dtype (documentation of PyTorch)."""
LEAST = 1e-8
"""Of CS231n's rel_error: what the sum of two moduli counts as at least."""


def allclose(rtol: float, atol: float = 1e-8) -> Agrees:
    """|a - b| <= atol + rtol |b| in every element: numpy.allclose and torch.allclose, whose atol is
    1e-8 if nothing is said."""
    return lambda a, b: bool(np.allclose(a, b, rtol=rtol, atol=atol))


def close_by_dtype(a: Array, b: Array) -> bool:
    """The same with the tolerances of the dtype."""
    rtol, atol = DEFAULTS.get(b.dtype.name, (0.0, 0.0))
    return bool(np.allclose(a, b, rtol=rtol, atol=atol))


def cosine(least: float) -> Agrees:
    """a b / (|a| |b|) >= least; of two tensors of zeros it is one."""

    def near(a: Array, b: Array) -> bool:
        x, y = _flat(a), _flat(b)
        sizes = float(np.linalg.norm(x) * np.linalg.norm(y))
        return float(x @ y) >= least * sizes if sizes else not (x.any() or y.any())

    return near


def means(by: float) -> Agrees:
    """The means of the moduli differ by less than so much."""
    return lambda a, b: bool(abs(np.abs(_flat(a)).mean() - np.abs(_flat(b)).mean()) < by)


def norm(most: float) -> Agrees:
    """|a - b| / |b| <= most, norms of the whole tensor."""
    return lambda a, b: bool(np.linalg.norm(_flat(a) - _flat(b)) <= most * np.linalg.norm(_flat(b)))


def elementwise(most: float) -> Agrees:
    """CS231n's rel_error: max |a - b| / max(1e-8, |a| + |b|) < most."""
    return lambda a, b: bool(
        (np.abs(a - b) < most * np.maximum(LEAST, np.abs(a) + np.abs(b))).all()
    )


def matched(ratio: float, tolerance: float) -> Agrees:
    """So many of the elements are within atol = rtol = tolerance."""
    return lambda a, b: bool(np.isclose(a, b, rtol=tolerance, atol=tolerance).mean() >= ratio)


def _flat(value: Array) -> Array:
    return np.asarray(value, dtype=np.float64).reshape(-1)
