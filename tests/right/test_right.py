"""Right implementations raise no alarm, and a mistake in one of them does."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.right.__main__ import main
from tests.right.campaign import LEVELS, drawn, judged
from tests.right.known import IMPLEMENTATIONS
from tests.right.wiring import Arrays
from verify.cases.case import Case
from verify.cases.plan import Job

REQUIRED = {"modern": 10, "1998": 2}
DRAWN = (("signed", "float64", 1), ("kink-free", "float32", 1))


@cache
def case(variant: str, which: int) -> Case:
    """Drawn once for all: its arrays are only handed out as copies."""
    regime, tier, batch = DRAWN[which]
    return drawn(Job(variant, regime, tier, batch, 1))


@cache
def arrays(name: str, which: int) -> Arrays:
    """One run for all levels."""
    implementation = IMPLEMENTATIONS[name]
    if implementation.absent:
        pytest.skip(implementation.absent)
    return implementation.run(case(implementation.variant, which))


def alarms(name: str, which: int, level: str, handed: Arrays) -> list[str]:
    """Tensors that were failed."""
    found = judged(case(IMPLEMENTATIONS[name].variant, which), handed, level)
    return [f.step.tensor for f in found if f.failed]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("which", range(len(DRAWN)))
@pytest.mark.parametrize("name", IMPLEMENTATIONS)
def test_what_is_right_is_not_failed(name: str, which: int, level: str) -> None:
    assert alarms(name, which, level, arrays(name, which)) == []


@pytest.mark.parametrize("name", IMPLEMENTATIONS)
def test_a_sign_is_noticed_where_gradients_alone_are_handed_in(name: str) -> None:
    right = arrays(name, 0)
    wrong = right | {"C3.db": -right["C3.db"]}
    assert alarms(name, 0, "gradients", wrong) == ["C3.db"]


def test_there_are_enough_of_them() -> None:
    for variant, least in REQUIRED.items():
        here = [i for i in IMPLEMENTATIONS.values() if i.variant == variant and not i.absent]
        assert len({i.module for i in here}) >= least


def test_another_order_in_every_call_is_another_result() -> None:
    first, second = (IMPLEMENTATIONS["shuffled"].run(case("modern", 0)) for _ in range(2))
    assert not np.array_equal(first["C1.dW"], second["C1.dW"])


def test_the_exit_status_tells_of_alarms(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--names", "blocked", "--regimes", "signed", "--tiers", "float64", "--batches", "1"]
    assert main(asked) == 0
    run = type(IMPLEMENTATIONS["blocked"]).run

    def wrong(self: object, drawn_case: Case) -> Arrays:
        right = run(IMPLEMENTATIONS["blocked"], drawn_case)
        return right | {"C3.db": -right["C3.db"]}

    monkeypatch.setattr(type(IMPLEMENTATIONS["blocked"]), "run", wrong)
    assert main(asked) == 1
    assert "C3.db" in capsys.readouterr().out
