"""``python -m tests.hostile``: all of them.  ``files``, ``callables``, ``programs``, ``mappings``
as words: those alone."""

from __future__ import annotations

import sys
import time

from tests.hostile.callables import CALLABLES
from tests.hostile.campaign import (
    Outcome,
    files,
    judge_callables,
    judge_files,
    judge_mappings,
    judge_programs,
    report,
    workshop,
)
from tests.hostile.programs import PROGRAMS

KINDS = ("files", "mappings", "programs", "callables")


def main(words: list[str]) -> int:
    """Print counts; exit status 1 if anything was not as it must be."""
    kinds = words or list(KINDS)
    outcome, start = Outcome(), time.monotonic()
    with workshop() as folder:
        if "files" in kinds or "mappings" in kinds:
            judge_files(outcome, folder, files() if "files" in kinds else [])
        if "mappings" in kinds:
            judge_mappings(outcome, folder)
        if "programs" in kinds:
            judge_programs(outcome, folder, list(PROGRAMS))
        if "callables" in kinds:
            judge_callables(outcome, folder, list(CALLABLES))
    print(report(outcome, time.monotonic() - start))
    return 1 if outcome.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
