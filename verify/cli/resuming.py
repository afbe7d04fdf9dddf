"""``--resume``: a run that goes on where an earlier one ended or was killed."""

from __future__ import annotations

from pathlib import Path

from verify.cases import idx
from verify.cli.options import RunRequest
from verify.cli.output import said
from verify.pipeline.executor.versions import digest as versions
from verify.pipeline.run import Settings
from verify.report.checkpoint import Checkpoint, agreed, read
from verify.report.folder import NotResumedError
from verify.report.stamp import digest

__all__ = ["concerned", "resumed"]


def resumed(asked: RunRequest, settings: Settings, place: Path, total: int) -> Checkpoint:
    """How far the run in a place had come; nothing is done where none is gone on with.

    Raises:
        InputError: it was asked something else or more, or is damaged.
    """
    found = read(place) if asked.resume else None
    if found is not None:
        agreed(found, concerned(asked, settings), asked.out)
        if found.done > total:
            raise NotResumedError("the run that ended there had come further", got=f"{total} cases",
                             where=f"--resume: {asked.out}", expected=f"{found.done} or more",
                             fix="ask for as many seeds, or leave --resume out")  # fmt: skip
        return found
    if asked.resume:
        said(f"lenet-verify: note: nothing to go on with in {asked.out}; the run begins")
    return Checkpoint({}, 0, {}, [])


def concerned(asked: RunRequest, settings: Settings) -> dict[str, str]:
    """What rows depend on.  The last seed is none of it: a sweep can grow."""
    weights = {name: digest(values) for name, values in settings.weights.items()}
    return {
        "choice of cases": repr((asked.level, asked.chosen, asked.regimes, asked.tiers,
                                 asked.batches, asked.options)),
        "first seed": str(asked.seeds.start),
        "--data": idx.fingerprint(asked.data),
        "--weights": f"{asked.weights} {weights}",
        "--tensor": asked.tensor,
        "--rows": "failing" if asked.failing else "all",
        "--format": asked.format,
        "--bounds": str(asked.bounds),
        "set of versions": versions(),
    }  # fmt: skip
