"""Rows that need processes of their own: the command as a whole, and peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measure import Ratio, compared, summary
from benchmarks.rows import Row

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
UNKEPT = "PYTHONDONTWRITEBYTECODE"
"""Where it is set, our modules are compiled at every start and those of packages are not."""
IMPORTS = "import torch, numpy, pandas"
ROOT = Path(__file__).parents[1]


def called(*words: str, threads: int = 1) -> str:
    """Standard output of a Python process with so many threads.

    Raises:
        RuntimeError: it failed.
    """
    limits = {name: str(threads) for name in ONE_THREAD}
    given = {name: value for name, value in os.environ.items() if name != UNKEPT}
    done = subprocess.run([sys.executable, *words], env=given | limits, cwd=ROOT,
                          capture_output=True, text=True, check=False)  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()[-300:]}")
    return done.stdout


def command(pairs: int) -> Iterator[Row]:
    """4. default ``lenet-verify`` over the bare import of its run-time packages."""
    with tempfile.TemporaryDirectory() as folder:
        found = over_imports(pairs, "--out", folder)
    yield Row("lenet-verify over imports", "both", "all", 0, 1, found, 1.5)


def dump(pairs: int) -> Iterator[Row]:
    """``lenet-verify check`` of a folder of arrays, complete and right, over the same imports."""
    for variant in ("modern", "1998"):
        with tempfile.TemporaryDirectory() as folder:
            golden, report = f"{folder}/golden", f"{folder}/report"
            called("-m", "verify", "golden", "--variant", variant, "--out", golden)
            found = over_imports(pairs, "check", golden, "--case", golden, "--out", report)
        yield Row("check of a dump over imports", variant, "float64", 3, 1, found, 1.3)


def over_imports(pairs: int, *words: str) -> Ratio:
    """A command of lenet-verify, from start to end, over the imports."""
    return compared(lambda: called("-m", "verify", *words), lambda: called("-c", IMPORTS), 0, pairs)


PEAK = """
import sys, time, tracemalloc
from benchmarks.rows import drawn
from lenet_ref.fast.gradients import gradients
given = drawn(sys.argv[1], sys.argv[2], int(sys.argv[3]))
gradients(*given)
times = []
for _ in range(5):
    start = time.perf_counter()
    gradients(*given)
    times.append(time.perf_counter() - start)
tracemalloc.start()
gradients(*given)
print(sorted(times)[2], tracemalloc.get_traced_memory()[1])
"""
"""NumPy tells what it allocates; the largest size of the process would not do, for imports take
more."""


def growth(large: int) -> Iterator[Row]:
    """5. time and added peak memory per image, a large batch over one of 64."""
    for variant in ("modern", "1998"):
        for dtype in ("float64", "float32"):
            sizes = {}
            for batch in (large, 64):
                time, memory = called("-c", PEAK, variant, dtype, str(batch)).split()
                sizes[batch] = float(time) / batch, float(memory) / batch
            (time_l, memory_l), (time_s, memory_s) = sizes[large], sizes[64]
            yield Row("time per image", variant, dtype, large, 1, once(time_l, time_s), 1.3)
            yield Row("peak memory per image", variant, dtype, large, 1,
                      once(memory_l, memory_s), 1.3)  # fmt: skip


def once(ours: float, theirs: float) -> Ratio:
    """A ratio measured once."""
    return summary([(ours, theirs)] * 2)


SWEEP = """
import os, resource, sys
from verify.cli import main
count, out, *words = sys.argv[1:]
main([*words, "--seeds", count, "--out", out])
who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
print(max(resource.getrusage(each).ru_maxrss for each in who) * 1024, sum(os.times()[:4]))
"""
SMALL = ("--variant", "1998", "--regime", "probe-rbf", "--tier", "exact", "--batch", "2")
WHOLE = ("--variant", "modern", "--regime", "digits", "--tier", "float64", "--batch", "1")


def swept(seeds: int, *words: str) -> tuple[float, float]:
    """Peak memory of the largest process in bytes, and processor seconds of all, of a sweep."""
    with tempfile.TemporaryDirectory() as folder:
        peak, seconds = called("-c", SWEEP, str(seeds), folder, *words).split()[-2:]
    return float(peak), float(seconds)


def sweep(many: int, few: int) -> Iterator[Row]:
    """6. Peak memory of a sweep of many cases over that of one of few."""
    peaks = [swept(seeds, *SMALL)[0] for seeds in (many, few)]
    yield Row(f"peak memory of {many} cases over {few}", "1998", "exact", 2, 1, once(*peaks), 1.1)


def rate(many: int, few: int) -> Iterator[Row]:
    """7. Processor seconds of a case of a sweep, drawn, run, judged and written: no ratio."""
    (_, longer), (_, shorter) = swept(many, *WHOLE), swept(few, *WHOLE)
    each = (longer - shorter) / (many - few)
    yield Row("seconds of a case", "modern", "float64", 1, 1, once(each, 1.0), None)


def in_child(what: str, threads: int, arguments: dict[str, object]) -> Iterator[Row]:
    """Rows of :mod:`benchmarks.rows` measured in a process with so many threads."""
    words = ["-m", "benchmarks.child", what, str(threads), json.dumps(arguments)]
    for line in called(*words, threads=threads).splitlines():
        fields = json.loads(line)
        yield Row(**{**fields, "found": Ratio(**fields["found"])})
