"""What options change in bounds: a rounding less without a bias, an origin more with padding."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lenet_ref import network
from lenet_ref.architecture import Affine, Architecture, Convolution, Layer
from tests.verify.tolerance.settings import Setting, judged
from verify.expected.step import Step
from verify.tolerance.origins import origins


def setting(layer: Layer, x: float = 1.0) -> tuple[Setting, Step]:
    """A layer of ones on a constant input, and the step of its z."""
    arch = Architecture("options", (layer,), None)
    parameters = {f"L.{k}": np.ones(shape) for k, shape in layer.parameter_shapes.items()}
    images, dy = np.full((1, *layer.input_shape), x), np.ones((1, *layer.output_shape))
    s = judged(arch, "float64", network.run(arch, parameters, images, None, dy), None)
    return s, s.evaluation.steps["L.z"]


@pytest.mark.parametrize(
    ("layer", "products"),
    [(Convolution("L", 3, 2, (4, 5), (2, 3)), 18), (Affine("L", 7, 2), 7)],
)
def test_a_layer_without_a_bias_rounds_once_less(layer: Layer, products: int) -> None:
    for bias in (True, False):
        s, step = setting(replace(layer, bias=bias))  # type: ignore[call-arg]
        assert s.bound(step).roundings == products + bias
        assert float(s.bound(step).magnitude.max()) == products + bias


def test_padding_is_an_origin_of_its_own() -> None:
    """On a field of zeros every z is 0, but a pixel is no padding: inside, along the sides and in
    the corners stand other numbers; equal places have equal origins, on all sides of one kind."""
    s, _ = setting(Convolution("L", 1, 2, (4, 5), (3, 3), padding=(1, 1)), 0.0)
    found = origins(s.query, "L.z")[0]
    assert bool((found[0] == found[1]).all())
    kinds = found[0]
    assert len(set(kinds[1:-1, 1:-1].flatten().tolist())) == 1
    for side in (kinds[0, 1:-1], kinds[-1, 1:-1], kinds[1:-1, 0], kinds[1:-1, -1]):
        assert len(set(side.tolist())) == 1
    assert len(set(kinds.flatten().tolist())) == 9


def test_a_field_on_the_padding_alone_is_known() -> None:
    """Wider than the kernel: two rows read nothing but zeros, and have one origin."""
    s, step = setting(Convolution("L", 1, 1, (2, 2), (2, 2), padding=(3, 0)))
    kinds = origins(s.query, "L.z")[0, 0].flatten().tolist()
    assert len(kinds) == 7 and kinds[0] == kinds[1] == kinds[-1]
    assert kinds[3] not in (kinds[0], kinds[2])
    assert s.bound(step).magnitude.flatten().tolist() == [0, 0, 3, 5, 3, 0, 0]
