"""Independent jobs, done here, by processes of this machine, or by a Dask cluster: the same results
in the same order, whoever does them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from verify.pipeline.executor.crew import Crew
from verify.pipeline.executor.interface import TRIES, Executor, Here, Lost, unanswered

__all__ = ["LOCAL", "TRIES", "Crew", "Executor", "Here", "Lost", "executor", "unanswered"]
LOCAL = "local"
"""In place of an address: a cluster of this machine's, which ends with the command."""


def executor(
    jobs: int,
    dask: str | None = None,
    collected: bool = False,
    folder: Path | None = None,
    remark: Callable[[str], None] = lambda text: None,
) -> Executor:
    """Who does the jobs.

    Args:
        jobs: worker processes, of this machine or of its own cluster.
        dask: address of a scheduler, or LOCAL.
        collected: garbage is collected as usual; our own cases leave none.
        folder: that the workers write to, which all must see.
        remark: hears what is to be known of the workers.
    """
    if dask is not None:
        from verify.pipeline.executor.cluster import Cluster  # an optional package

        return Cluster(None if dask == LOCAL else dask, jobs, folder, remark)
    return Crew(jobs, collected)
