"""Run one of the measurements of rows.py and print its rows as JSON, a line each."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import torch

from benchmarks import rows


def main(what: str, threads: int, arguments: str) -> None:
    """Threads of NumPy's BLAS were set in the environment; PyTorch's are set here."""
    torch.set_num_threads(threads)
    given = {k: tuple(v) if isinstance(v, list) else v for k, v in json.loads(arguments).items()}
    for row in getattr(rows, what)(**given):
        print(json.dumps(asdict(row)), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
