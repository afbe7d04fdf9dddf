"""Right programs that were once rejected."""

from __future__ import annotations

from typing import Any

import pytest

from verify.findings import Finding
from verify.judge import judge
from verify.plan import Job
from verify.subjects.reference import reference


def rows(job: Job, **changes: Any) -> dict[str, Finding]:
    """Findings of the reference's trace with tensors replaced ('C1_dW' for C1.dW)."""
    case = job.case()
    spoiled = dict(reference(case)) | {k.replace("_", "."): v for k, v in changes.items()}
    return {f.step.tensor: f for f in judge(case, spoiled)}


@pytest.mark.parametrize("batch", [3, 7, 8])
def test_the_exact_tier_takes_batches_that_are_no_power_of_two(batch: int) -> None:
    """A mean over 7 patterns is on no grid: the row was mistrusted, and the run failed."""
    job = Job("1998", "integers", "exact", batch)
    right = rows(job)
    assert [name for name, f in right.items() if f.failed] == []
    assert right["loss.data"].own.rule == ("exact" if batch == 8 else "sum")
    wrong = reference(job.case())["loss.data"] * (1 + 1e-14)
    assert rows(job, loss_data=wrong)["loss.data"].own.verdict == "fail"
