"""Options of the main command, parsed and checked."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from lenet_ref.architecture import VARIANTS
from verify.cases import idx, probes
from verify.cases.options import architecture_options
from verify.cases.regimes import REGIMES
from verify.cli import COMMANDS
from verify.errors import InputError

EXAMPLES = """
{commands}

examples:
  lenet-verify                                 both variants, the default plan
  lenet-verify --quick                         one batch of each variant
  lenet-verify --full                          every regime, tier, batch and reading
  lenet-verify --variant 1998 --batch 1 32     two batch sizes of one variant
  lenet-verify --regime digits --seeds 100     a sweep over 100 seeds
  lenet-verify --weights trained.pt --variant modern
  lenet-verify --option reading=seed --variant 1998

exit status: 0 all passed, 1 a difference, 2 unusable input, 3 an error of the harness
"""


def commands() -> str:
    """What else there is, for --help."""
    lines = [f"  {name:<12}{text}" for name, text in COMMANDS.items()]
    return "\n".join(["commands (lenet-verify COMMAND --help):", *lines])


class Parser(argparse.ArgumentParser):
    """Usage errors join the exception family: one line, status 2."""

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing the whole usage."""
        raise InputError(message, fix=f"see {self.prog} --help")


def parser() -> Parser:
    """The main command's options."""
    p = Parser(
        prog="lenet-verify",
        description="Verify the hand-derived LeNet-5 against PyTorch autograd, layer by layer.",
        epilog=EXAMPLES.format(commands=commands()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    level = p.add_mutually_exclusive_group()
    level.add_argument("--quick", action="store_true", help="one batch of each variant")
    level.add_argument("--full", action="store_true", help="every regime, tier and reading")
    p.add_argument("--variant", choices=[*VARIANTS, "both"], default="both")
    p.add_argument("--tier", choices=["exact", "float64", "float32"], help="default: all")
    p.add_argument("--dtype", choices=["float64", "float32"], help="the same as --tier")
    p.add_argument("--batch", type=int, nargs="+", metavar="N", help="batch sizes")
    p.add_argument(
        "--regime", nargs="+", metavar="NAME", help=", ".join([*REGIMES, *probes.PROBES])
    )
    p.add_argument("--seed", type=int, default=None, metavar="S", help="one seed (default 0)")
    p.add_argument("--seeds", type=int, metavar="COUNT", help="sweep the seeds 0 to COUNT - 1")
    p.add_argument("--option", action="append", default=[], metavar="KEY=VALUE",
                   help="architecture: channels, reg, loss, j, learned_codes, subsampling, "
                   "reading")  # fmt: skip
    p.add_argument("--data", type=Path, default=idx.PACKAGED, metavar="FOLDER",
                   help="IDX files of MNIST (default: 200 packaged digits)")  # fmt: skip
    p.add_argument("--weights", type=Path, metavar="FILE", help=".npz, or a state_dict .pt")
    p.add_argument("--tensor", default="", metavar="NAME", help="report this tensor alone")
    p.add_argument("--out", type=Path, default=Path("reports/latest"), metavar="FOLDER")
    p.add_argument("--rows", choices=["all", "failing"], default="all",
                   help="rows to write to diff.csv")  # fmt: skip
    p.add_argument("--jobs", type=int, default=2, metavar="N", help="worker processes")
    return p


@dataclass(frozen=True)
class RunRequest:
    """What the main job is asked, as values.

    level: quick, default, full, or product where cases were chosen by hand; seed: of the checks;
    failing: write the rows that do not pass, and no others; jobs: worker processes.
    """

    level: str
    variants: tuple[str, ...]
    regimes: tuple[str, ...]
    tiers: tuple[str, ...]
    batches: tuple[int, ...]
    seeds: range
    seed: int
    options: tuple[tuple[str, Any], ...]
    data: Path
    weights: Path | None
    tensor: str
    out: Path
    failing: bool
    jobs: int

    @property
    def planned(self) -> bool:
        """Every tensor in every tier is to be verified."""
        return self.level in ("default", "full")


def requested(words: Sequence[str]) -> RunRequest:
    """The words of the command line as values.

    Raises:
        InputError: anything unusable, in one line.
    """
    asked = parsed(words)
    first, tier = asked.seed or 0, asked.tier or asked.dtype
    return RunRequest(
        level=level(asked),
        variants=VARIANTS if asked.variant == "both" else (asked.variant,),
        regimes=tuple(asked.regime or ("digits",)),
        tiers=(tier,) if tier else ("float64", "float32"),
        batches=tuple(asked.batch or (1, 7)),
        seeds=range(asked.seeds) if asked.seeds else range(first, first + 1),
        seed=first,
        options=architecture_options(asked.option),
        data=asked.data,
        weights=asked.weights,
        tensor=asked.tensor,
        out=asked.out,
        failing=asked.rows == "failing",
        jobs=asked.jobs,
    )


def level(asked: argparse.Namespace) -> str:
    """quick, default, full, or product when cases were chosen by hand."""
    if asked.quick or asked.full:
        return "quick" if asked.quick else "full"
    by_hand = asked.tier or asked.dtype or asked.batch or asked.regime or asked.option
    return "product" if by_hand or asked.weights else "default"


def parsed(words: Sequence[str]) -> argparse.Namespace:
    """Parse and check.

    Raises:
        InputError: anything unusable, in one line.
    """
    found = parser().parse_args(words)
    for name in found.regime or []:
        if name not in REGIMES and name not in probes.PROBES:
            raise InputError("no such regime", where="--regime", got=name,
                             expected=", ".join([*REGIMES, *probes.PROBES]))  # fmt: skip
    for batch in found.batch or []:
        _positive("--batch", batch)
    for name in ("seeds", "jobs"):
        if getattr(found, name) is not None:
            _positive(f"--{name}", getattr(found, name))
    if found.seed is not None and found.seed < 0:
        raise InputError("unusable value", where="--seed", got=found.seed, expected="0 or more")
    if found.weights is not None and found.variant == "both":
        raise InputError("weights belong to one variant", where="--weights",
                         fix="add --variant modern or --variant 1998")  # fmt: skip
    return found


def _positive(name: str, value: int) -> None:
    if value < 1:
        raise InputError("unusable value", where=name, got=value, expected="1 or more")
