"""Published facts of the paper: counts, connections, Table I and the bitmaps of Fig. 3."""

from __future__ import annotations

import hashlib
import math
from itertools import combinations, product

import numpy as np
import pytest

from lenet_ref import Architecture, codes, lenet_1998, modern
from lenet_ref.activations import squash
from lenet_ref.architecture import Convolution, Layer, MaxPool, RadialBasis, Subsampling
from lenet_ref.connections import TABLE_I, mask
from verify.oracle import convolution as oracle_convolution
from verify.oracle import rbf as oracle_rbf

INK = [35, 27, 33, 32, 41, 35, 39, 25, 43, 39]


def _connections(layer: Layer) -> int:
    """Weights and bias of each output unit; codes have no bias."""
    match layer:
        case Convolution():
            outputs = [n - k + 1 for n, k in zip(layer.size, layer.kernel, strict=True)]
            return outputs[0] * outputs[1] * layer.trainable
        case Subsampling():
            outputs = [n // k for n, k in zip(layer.size, layer.window, strict=True)]
            return outputs[0] * outputs[1] * layer.maps * (layer.window[0] * layer.window[1] + 1)
        case RadialBasis():
            return layer.classes * layer.units_in
        case MaxPool():
            return math.prod((layer.maps, *layer.size))  # each is read once
    return layer.trainable


def test_60000_parameters_and_340908_connections() -> None:
    """The journal prints 156,000 and 345,308; the preprint and the arithmetic agree on these."""
    layers = lenet_1998().layers
    assert sum(layer.trainable for layer in layers) == 60_000
    counted = [_connections(layer) for layer in layers]
    assert counted == [122_304, 5_880, 151_600, 2_000, 48_120, 10_164, 840]
    assert [layer.connections for layer in layers] == counted
    assert sum(counted) == 340_908
    plain = modern().layers
    assert [layer.connections for layer in plain] == [_connections(layer) for layer in plain]


@pytest.mark.parametrize(("arch", "total"), [(modern(), 61_706), (modern(channels=3), 62_006)])
def test_modern_parameters(arch: Architecture, total: int) -> None:
    assert sum(layer.trainable for layer in arch.layers) == total


def test_operations_in_words() -> None:
    """The table of connections is told from a convolution that reads every map."""
    told = [[layer.operation for layer in arch.layers] for arch in (modern(), lenet_1998())]
    assert told[0] == [
        *("conv 5x5, relu", "max 2x2", "conv 5x5, relu", "max 2x2", "conv 5x5, relu"),
        *("affine, relu", "affine, identity"),
    ]
    assert told[1] == [
        *("conv 5x5, squash", "sum 2x2, squash", "conv by Table I 5x5, squash"),
        *("sum 2x2, squash", "conv 5x5, squash", "affine, squash", "squared distance to codes"),
    ]


@pytest.mark.parametrize("arch", [modern(), lenet_1998()], ids=["modern", "1998"])
def test_layers_and_what_follows_them(arch: Architecture) -> None:
    """Squash after C1, S2, C3, S4, C5 and F6, never after F7; ReLU but not on F7."""
    names = [layer.name for layer in arch.layers]
    assert names == ["C1", "S2", "C3", "S4", "C5", "F6", "F7"]
    activations = [
        layer.activation for layer in arch.layers if not isinstance(layer, MaxPool | RadialBasis)
    ]
    if arch.variant == "1998":
        assert activations == ["squash"] * 6
    else:
        assert activations == ["relu", "relu", "relu", "relu", "identity"]


def test_squash_constants() -> None:
    assert squash.A == 1.7159
    assert squash.S == 2 / 3 != 0


def test_table_1() -> None:
    """Six cyclic triples, six cyclic quadruples, three with an antipodal gap, one full."""
    assert [len(sources) for sources in TABLE_I] == [3] * 6 + [4] * 9 + [6]
    assert [set(s) for s in TABLE_I[:6]] == [{(k + i) % 6 for i in range(3)} for k in range(6)]
    assert [set(s) for s in TABLE_I[6:12]] == [{(k + i) % 6 for i in range(4)} for k in range(6)]
    missing = [set(range(6)) - set(sources) for sources in TABLE_I[12:]]
    assert missing == [{2, 5}, {0, 3}, {1, 4}, set()]
    assert all(list(sources) == sorted(sources) for sources in TABLE_I)


def test_table_1_as_a_mask() -> None:
    links = mask(TABLE_I, 6)
    assert links.shape == (16, 6)
    assert (str(links.dtype), links.sum()) == ("bool", 60)
    assert links.sum(axis=0).tolist() == [10] * 6
    assert np.flatnonzero(links[4]).tolist() == [0, 4, 5]


def test_table_1_was_written_down_three_times_alike() -> None:
    """As the paper prints it (rows are S2 maps, columns C3 maps), and as a list of sources."""
    printed = [[float(c == "X") for c in row] for row in PRINTED.split()]
    np.testing.assert_array_equal(np.array(printed).T, mask(TABLE_I, 6))
    np.testing.assert_array_equal(oracle_convolution.links(TABLE_I, 6), mask(TABLE_I, 6))
    assert tuple(tuple(int(c) for c in s) for s in SOURCES.split()) == TABLE_I


PRINTED = """
X...XXX..XXXX.XX
XX...XXX..XXXX.X
XXX...XXX..X.XXX
.XXX..XXXX..X.XX
..XXX..XXXX.XX.X
...XXX..XXXX.XXX
"""
SOURCES = """
012 123 234 345 045 015 0123 1234 2345 0345 0145 0125 0134 1245 0235 012345
"""


def test_bitmaps_by_their_hash() -> None:
    rows = [row for glyph in codes.glyphs() for row in glyph]
    assert (codes.HEIGHT, codes.WIDTH) == (12, 7)
    assert len(rows) == 120
    assert hashlib.sha256("\n".join(rows).encode()).hexdigest() == (
        "657773aa7a78dd3fa682a9c772995c53948bca1691e6410f2ba9b26f3663051e"
    )


def test_codes_are_the_bitmaps_row_by_row_from_the_top() -> None:
    w = codes.codes()
    assert w.shape == (10, 84)
    glyphs = codes.glyphs()
    for digit, row, column in product(range(10), range(12), range(7)):
        ink = glyphs[digit][row][column] == "#"
        assert w[digit, 7 * row + column] == (1 if ink else -1)


def test_ink_rank_and_distances() -> None:
    w = codes.codes()
    assert (w == 1).sum(axis=1).tolist() == INK
    assert sum(INK) == 349
    assert np.linalg.matrix_rank(w) == 10
    hamming = sorted(((w[i] != w[j]).sum(), i, j) for i, j in combinations(range(10), 2))
    assert hamming[:3] == [(12, 6, 8), (18, 0, 4), (18, 8, 9)]
    assert (hamming[3][0] > 18, hamming[-1][0]) == (True, 50)


def test_bitmaps_were_written_down_twice_alike() -> None:
    np.testing.assert_array_equal(oracle_rbf.codes().numpy(), codes.codes())


@pytest.mark.parametrize("dtype", ["float16", "float32", "longdouble"])
def test_codes_in_any_dtype(dtype: str) -> None:
    w = codes.codes(dtype)
    assert w.dtype == np.dtype(dtype)
    assert set(np.unique(w).tolist()) == {-1, 1}
