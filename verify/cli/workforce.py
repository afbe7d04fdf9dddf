"""Who does the work: options that every command of many independent jobs has."""

from __future__ import annotations

import argparse
from pathlib import Path

from verify.cli.output import said
from verify.cli.parsing import at_least
from verify.errors import InputError
from verify.pipeline.executor import LOCAL, Executor, executor

__all__ = ["SCHEMES", "checked", "takes_workers", "workers"]
SCHEMES = ("tcp://", "tls://", "ws://", "wss://")


def takes_workers(p: argparse._ActionsContainer, jobs: int = 2) -> None:
    """Add the options.  jobs: where nobody says how many."""
    p.add_argument("--jobs", type=int, default=jobs, metavar="N",
                   help=f"worker processes; default: {jobs}")  # fmt: skip
    p.add_argument("--dask", metavar="ADDRESS",
                   help="workers of a Dask cluster: tcp://HOST:PORT of its scheduler, or local:"
                   " a cluster of --jobs processes here")  # fmt: skip


def checked(asked: argparse.Namespace) -> None:
    """Options that can be obeyed.

    Raises:
        InputError: no such number or address, or a number of workers that a cluster has already.
    """
    at_least(asked, jobs=1)
    if asked.dask in (None, LOCAL):
        return
    if not asked.dask.startswith(SCHEMES):
        raise InputError("no address of a scheduler", where="--dask", got=asked.dask,
                         expected=f"tcp://HOST:PORT, or {LOCAL}")  # fmt: skip
    if "jobs" in asked.said:
        raise InputError("cannot be obeyed together", where="--dask and --jobs",
                         fix="a cluster has its workers; leave --jobs out")  # fmt: skip


def workers(
    jobs: int, dask: str | None, collected: bool = False, folder: Path | None = None
) -> Executor:
    """Who does the jobs; what is to be known of them is said.  folder: that they write to."""
    return executor(jobs, dask, collected, folder, _noted)


def _noted(text: str) -> None:
    said(f"lenet-verify: note: {text}")
