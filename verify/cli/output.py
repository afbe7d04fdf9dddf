"""The only module that writes to a terminal; whoever reads may leave early."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import IO

from lenet_ref.door import reason
from verify.cli import colour
from verify.cli.fitting import fitted, width
from verify.cli.progress import LINE
from verify.report.text import Block, encodable, one_line


def printed(*lines: str, as_they_are: bool = False) -> None:
    """Print lines, each on one line whatever it holds; on a terminal as they fit.  A reader that
    left early (``| head``), a full disk or a closed output do not change the exit status: the
    report says it all.

    as_they_are: they are a file, for somebody to save: no colour, and no line broken.
    """
    shown = [
        one_line(part)
        for line in lines
        for part in (line.split("\n") if isinstance(line, Block) else [line])
    ]
    try:
        written(sys.stdout, shown if as_they_are else dressed(shown, sys.stdout))
    except BrokenPipeError:
        silenced(sys.stdout)
    except OSError as error:
        silenced(sys.stdout)
        said(f"lenet-verify: standard output cannot be written: {reason(error)}")


def said(text: str) -> None:
    """One line on standard error, if there is one."""
    try:
        written(sys.stderr, dressed([one_line(text)], sys.stderr))
    except OSError:
        silenced(sys.stderr)


def dressed(lines: Sequence[str], stream: IO[str] | None) -> list[str]:
    """Lines as wide as the terminal, if that is what a stream is, and in colour where it may be."""
    columns = width() if stream is not None and not stream.closed and stream.isatty() else 0
    found = [part for line in lines for part in (fitted(line, columns) if columns else [line])]
    return [colour.painted(line) for line in found] if colour.wanted(stream) else found


def written(stream: IO[str] | None, lines: Sequence[str]) -> None:
    """Lines to a stream; None where it was closed before we began."""
    if stream is None or stream.closed:
        return
    LINE.clear()
    for line in lines:
        print(encodable(line, stream), file=stream)
    stream.flush()


def silenced(stream: IO[str]) -> None:
    """What is still to be written goes nowhere, and does not fail again when Python ends."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
