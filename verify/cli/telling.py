"""What a command found, told to those who read neither the screen nor the CSV files.

Files that were asked for, the summary of a job and its annotations on GitHub: of a run that was
judged, and of one that could not be.
"""

from __future__ import annotations

import os
import secrets
import shlex
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from lenet_ref.door import reason
from lenet_ref.errors import LeNetError
from lenet_ref.storage import write_atomically
from verify.cli.edge import plainly
from verify.cli.loading import INTERRUPTED, interrupted
from verify.cli.output import printed, said
from verify.cli.outputs import NONE, Outputs, asked_anyway
from verify.errors import INTERNAL
from verify.report.text import one_line

if TYPE_CHECKING:
    from verify.report.account import Account, Failure

SUMMARY = "GITHUB_STEP_SUMMARY"
LONGEST = 500
"""Characters of a message that is not ours."""


@dataclass
class Telling:
    """outputs: where to; told: what, as soon as there is something; command: the whole line;
    subject: the callable whose line is annotated."""

    command: str
    outputs: Outputs = NONE
    told: Account | None = None
    subject: str = ""
    begun: float = field(default_factory=time.perf_counter)

    @property
    def wanted(self) -> bool:
        """Somebody listens."""
        return bool(self.outputs.given or os.environ.get(SUMMARY) or on_github())


def on_github() -> bool:
    """What is printed is read by GitHub Actions."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


@contextmanager
def telling(command: str, words: Sequence[str]) -> Iterator[Telling]:
    """Around a command: what it found is told when all else is done, whatever ended it.

    Raises:
        LeNetError: a file that was asked for cannot be written.
    """
    teller = Telling(shlex.join(["lenet-verify", *command.split(), *words]))
    resume = paused()
    try:
        yield teller
    except (Exception, KeyboardInterrupt) as error:
        resume()
        teller.outputs = teller.outputs if teller.outputs.given else asked_anyway([*words])
        if teller.wanted:
            _failed(teller, error)
        raise
    except BaseException:
        resume()
        raise
    resume()
    if teller.told is not None:
        seconds = time.perf_counter() - teller.begun
        tell(replace(teller.told, seconds=seconds), teller)


def paused() -> Callable[[], None]:
    """GitHub Actions obeys lines of ours that begin with two colons; none is to come from what a
    subject says.  What is returned lets it listen again."""
    if not on_github():
        return lambda: None
    word = secrets.token_hex(16)
    printed(f"::stop-commands::{word}")
    return lambda: printed(f"::{word}::")


def _failed(teller: Telling, error: BaseException) -> None:
    """Nothing was judged: that is told wherever it can be, and hides nothing of the error.  An
    interrupt leaves libraries that are half loaded, and nothing that needs them can be written."""
    status, message = meaning(error)
    try:
        from verify.report.account import Failure

        tell(Failure(status, message, teller.command), teller)
    except LeNetError as other:
        said(f"lenet-verify: {other}")
    except Exception as other:
        if not interrupted(error):
            raise other from error
        said(f"lenet-verify: not told in {', '.join(map(str, teller.outputs.given.values()))}")


def meaning(error: BaseException) -> tuple[int, str]:
    """The exit status that an error leads to at the edge, and what is said of it."""
    if interrupted(error):
        return INTERRUPTED, "interrupted"
    if (told := plainly(error)) is not None:
        return told
    said = one_line(f"{type(error).__name__}: {error}")[:LONGEST]
    return INTERNAL, f"internal error; this is a bug, please report it: {said}"


def tell(told: Account | Failure, teller: Telling) -> None:
    """To every place there is; of those that cannot be written the first is an error.

    Raises:
        LeNetError: a file that was asked for cannot be written.
    """
    errors = []
    for kind, path in teller.outputs.given.items():
        try:
            write_atomically(path, written(kind, told).encode())
        except LeNetError as error:
            errors.append(error)
    if os.environ.get(SUMMARY):
        summed_up(told, Path(os.environ[SUMMARY]))
    if on_github():
        from verify.report.annotations import errors_of, spot

        workspace = Path(os.environ.get("GITHUB_WORKSPACE") or ".")
        printed(*errors_of(told, spot(teller.subject, workspace)))
    if errors:
        raise errors[0]


def written(kind: str, told: Account | Failure) -> str:
    """A report of a kind."""
    if kind == "json":
        from verify.report.as_json import as_json

        return as_json(told)
    if kind == "junit":
        from verify.report.junit import junit

        return junit(told)
    from verify.report.markdown import page

    return page(told)


def summed_up(told: Account | Failure, path: Path) -> None:
    """Append to the summary of the job, which others write to as well; if that cannot be done the
    verdict is what it was."""
    from verify.report.markdown import LARGEST, page

    try:
        if path.exists() and not path.is_file():
            raise OSError("not a regular file")
        there = path.stat().st_size if path.exists() else 0
        if not (text := page(told, LARGEST - there - 1)):
            raise OSError(f"it has the {LARGEST} bytes that GitHub takes already")
        with path.open("ab") as file:
            file.write(("\n" * bool(there) + text).encode())
    except (OSError, ValueError) as error:
        why = reason(error) if isinstance(error, OSError) else str(error)
        said(f"lenet-verify: warning: {SUMMARY} cannot be written: {why}")
