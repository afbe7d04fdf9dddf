"""The only module that writes to a terminal; whoever reads may leave early."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

from lenet_ref.door import reason
from verify.report.screen import Block
from verify.report.text import encodable, one_line


def progress(done: int, total: int, what: str) -> None:
    """One line on a terminal, nothing in a pipe."""
    if sys.stderr.isatty():
        end = "\r" if done < total else "\r\033[K"
        print(f"{what} {done} of {total}", end=end, file=sys.stderr, flush=True)


def printed(*lines: str) -> None:
    """Print lines, each on one line whatever it holds.  A reader that left early (``| head``), a
    full disk or a closed output do not change the exit status: the report says it all."""
    shown = [
        one_line(part)
        for line in lines
        for part in (line.split("\n") if isinstance(line, Block) else [line])
    ]
    try:
        written(sys.stdout, shown)
    except BrokenPipeError:
        silenced(sys.stdout)
    except OSError as error:
        silenced(sys.stdout)
        said(f"lenet-verify: standard output cannot be written: {reason(error)}")


def said(text: str) -> None:
    """One line on standard error, if there is one."""
    try:
        written(sys.stderr, [one_line(text)])
    except OSError:
        silenced(sys.stderr)


def written(stream: IO[str] | None, lines: Sequence[str]) -> None:
    """Lines to a stream; None where it was closed before we began."""
    if stream is None or stream.closed:
        return
    for line in lines:
        print(encodable(line, stream), file=stream)
    stream.flush()


def silenced(stream: IO[str]) -> None:
    """What is still to be written goes nowhere, and does not fail again when Python ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
