"""``python -m tests.right --seeds N``: false alarms of the judge, implementation by level."""

from __future__ import annotations

import argparse
import sys

from tests.right.campaign import BATCHES, REGIMES, TIERS, campaign, cases
from tests.right.known import IMPLEMENTATIONS

SHOWN = 5
"""Alarms that are printed of each implementation and level, unless --all."""


def main(arguments: list[str] | None = None) -> int:
    """Exit status: 1 if anything right was failed."""
    asked = _parser().parse_args(arguments)
    seeds = range(asked.first, asked.first + asked.seeds)
    alarms = 0
    for name in asked.names:
        known = IMPLEMENTATIONS[name]
        if known.absent:
            print(f"{name:15} skipped: {known.absent}", flush=True)
            continue
        words = asked.regimes, asked.tiers, asked.batches, asked.spread
        drawn = cases(known.variant, seeds, *words)
        for level, tally in campaign(name, drawn).items():
            print(tally.line(name, level), flush=True)
            for alarm in tally.alarms[: None if asked.all else SHOWN]:
                print(f"    {alarm}", flush=True)
            alarms += len(tally.alarms)
    print(f"{alarms} false alarms")
    return 1 if alarms else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.right", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first of them")
    parser.add_argument("--all", action="store_true", help="print every alarm")
    parser.add_argument("--spread", action="store_true",
                        help="one tier and batch for each seed and regime, in turn")  # fmt: skip
    parser.add_argument("--batches", type=int, nargs="+", default=BATCHES)
    words = {"names": tuple(IMPLEMENTATIONS), "regimes": REGIMES, "tiers": TIERS}
    for option, known in words.items():
        parser.add_argument(f"--{option}", nargs="+", default=known, choices=known)
    return parser


if __name__ == "__main__":
    sys.exit(main())
