"""The numbers behind the pictures: where a point, a bar and a pixel stand, and what they say."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from numpy.typing import ArrayLike

from verify.judge.samples import Sample
from verify.report.page import charts
from verify.report.page.charts import FOOT, HEIGHT, LEFT, POINTS, TOP, WIDTH, histogram, scatter
from verify.report.page.equations import formula
from verify.report.page.heat import COLOURS, GAP, NUMBERLESS, heat, laid_out, tiled


def sample(got: ArrayLike, expected: ArrayLike, bound: ArrayLike) -> Sample:
    numbers = [np.asarray(each, dtype=np.float64) for each in (got, expected)]
    allowed = np.broadcast_to(np.asarray(bound, dtype=np.float64), numbers[0].shape)
    axes = tuple(tuple(range(n)) for n in numbers[0].shape)
    return Sample(numbers[0], numbers[1], allowed, axes, True)


def test_right_numbers_lie_on_the_line() -> None:
    values = np.linspace(-1, 2, 40)
    found = scatter(sample(values, values, 1e-9), 1.0)
    assert found is not None and found.lost == 0
    x1, y1, x2, y2 = found.right
    for x, y, beyond in found.points:
        assert not beyond
        assert (y - y1) / (y2 - y1) == pytest.approx((x - x1) / (x2 - x1), abs=2e-3)
    assert found.fitted == pytest.approx(found.right)


@pytest.mark.parametrize("factor", [-1.0, 0.25, 3.0, 1e9, -1e-9, 0.0])
def test_the_fitted_line_is_that_of_the_points_and_stays_inside(factor: float) -> None:
    expected = np.linspace(-1, 2, 30)
    found = scatter(sample(factor * expected, expected, 1e-9), factor)
    assert found is not None
    wrong = [(x, y) for x, y, beyond in found.points if beyond]
    assert len(wrong) == 30
    if found.fitted is None:
        return
    x1, y1, x2, y2 = found.fitted
    for x, y in ((x1, y1), (x2, y2), *wrong):
        assert LEFT <= x <= WIDTH - LEFT and TOP <= y <= HEIGHT - FOOT
    for x, y in wrong:
        if x2 - x1 > 1:
            assert y == pytest.approx(y1 + (x - x1) / (x2 - x1) * (y2 - y1), abs=0.5)


def test_what_is_no_number_is_counted_and_no_point() -> None:
    found = scatter(sample([1.0, np.nan, np.inf, 2.0], [1.0, 1.0, 1.0, 1.0], 1e-9), np.nan)
    assert found is not None
    assert (len(found.points), found.lost, found.fitted) == (2, 2, None)
    assert scatter(sample([np.nan, 1.0], [1.0, np.inf], 1.0), 1.0) is None


def test_of_many_points_the_worst_is_shown() -> None:
    got = np.zeros(10 * POINTS + 7)
    got[1234] = 5.0
    found = scatter(sample(got, np.zeros_like(got), 1.0), 1.0)
    assert found is not None and len(found.points) <= POINTS + 1
    assert [beyond for *_, beyond in found.points].count(True) == 1


def test_the_largest_numbers_there_are_fit() -> None:
    most = float(np.finfo(np.float64).max)
    found = scatter(sample([most, -most], [-most, most], 1.0), -1.0)
    assert found is not None
    assert all(np.isfinite(each).all() for each in (found.right, [p[:2] for p in found.points]))


def test_a_histogram_counts_every_error_once() -> None:
    ratios = [0.0, 1e-9, 0.5, 0.99, 1.5, 20.0, 1e30, np.nan]
    found = histogram(sample(ratios, np.zeros(8), 1.0))
    shown = [int(bar.said.split()[0].replace(",", "")) for bar in found.bars]
    assert (sum(shown), found.zero, found.lost, found.elements) == (6, 1, 1, 8)
    assert found.beyond == 4  # what is no number is beyond, too
    assert sum(n for n, bar in zip(shown, found.bars, strict=True) if bar.beyond) == 3
    assert found.highest == max(shown)
    for bar in found.bars:
        assert bar.beyond == (bar.x >= found.bound)
        assert bar.x >= LEFT and bar.x + bar.width <= WIDTH - LEFT
        assert bar.height + bar.y == pytest.approx(HEIGHT - FOOT)


def test_a_bound_of_zero_is_one_bar_at_the_end() -> None:
    found = histogram(sample([0.0, 1.0, 2.0], np.zeros(3), 0.0))
    (bar,) = found.bars
    assert bar.beyond and found.beyond == 2 and found.ticks[-1][1] == "∞"


def test_the_bound_is_a_tick_and_nothing_else_is_called_so() -> None:
    for ratios in ([0.5, 2.0], [1e-5, 1e16], [3.0]):
        found = histogram(sample(ratios, np.zeros(len(ratios)), 1.0))
        assert [at for at, words in found.ticks if words == "1"] == [found.bound]


def pixels(source: str) -> Any:
    from matplotlib.image import imread

    head, _, body = source.partition(",")
    assert head == "data:image/png;base64"
    return np.round(imread(io.BytesIO(base64.b64decode(body))) * 255).astype(int)


def rgb(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def test_a_pixel_has_the_colour_of_its_error() -> None:
    pytest.importorskip("matplotlib")
    ratios = [[0.0, 1.0, 1e12], [np.nan, 1e300, np.inf]]
    found = heat(sample(np.array(ratios), np.zeros((2, 3)), 1.0))
    assert found is not None and "axis 0" in found.said
    shown = pixels(found.source)
    tall = len(shown) // 2
    first, second = shown[0], shown[tall]
    assert list(first[0][:3]) == rgb(COLOURS[0]) and list(first[1][:3]) == rgb(COLOURS[1])
    assert list(first[2][:3]) == list(second[1][:3]) == list(second[2][:3]) == rgb(COLOURS[-1])
    assert list(second[0][:3]) == rgb(NUMBERLESS)


def test_one_number_has_no_picture() -> None:
    assert heat(sample([1.0], [1.0], 1.0)) is None


@pytest.mark.parametrize(
    ("shape", "rows", "columns"),
    [((2, 3), 2, 3), ((9, 2), 2, 9), ((4, 1), 2, 3), ((2, 3, 5, 5), 11, 17), ((3, 2, 4, 4), 9, 14)],
)
def test_every_element_stands_somewhere_once(
    shape: tuple[int, ...], rows: int, columns: int
) -> None:
    values = np.arange(1.0, 1 + np.prod(shape)).reshape(shape)
    grid, _ = laid_out(values)
    shown = grid[(grid != GAP)]
    assert sorted(shown.tolist()) == sorted(values.reshape(-1).tolist())
    assert grid.shape == (rows, columns)


def test_a_tile_is_a_kernel_as_it_is() -> None:
    kernels = np.arange(2.0 * 3 * 2 * 2).reshape(2, 3, 2, 2)
    whole = tiled(kernels)
    assert np.array_equal(whole[3:5, 6:8], kernels[1, 2])
    assert (whole[2] == GAP).all() and (whole[:, 2] == GAP).all()


def test_numbers_are_short() -> None:
    assert charts.short(123456.0) == "1.23e+05"


def test_a_formula_is_drawn_without_what_is_said_behind_it() -> None:
    """The gradient of a convolution's weights ended in "λW$;ofatrueconvolution,turnedback"."""
    for name in ("convolution-dW", "convolution-b", "affine-b"):
        found = formula(name)
        assert found is not None and "$" not in found.latex + found.beside
        assert found.beside and found.beside not in found.latex
    plain = formula("convolution-z")
    assert plain is not None and plain.beside == "" and plain.latex.startswith(r"\mathbf z")
