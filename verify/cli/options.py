"""Options of the main command, parsed and checked."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verify.cases import idx, probes
from verify.cases.options import architecture_options
from verify.cases.plan import is_exact
from verify.cases.regimes import REGIMES
from verify.cases.said import leaves_room, refused
from verify.cli import COMMANDS
from verify.cli.choosing import Chosen, chosen, takes_network
from verify.cli.outputs import NONE, Outputs, outputs, takes_outputs
from verify.cli.parsing import Clash, Parser, at_least
from verify.cli.workforce import checked, takes_workers
from verify.errors import InputError
from verify.pipeline.usable import within
from verify.report.formats import FORMATS
from verify.words import near

EXAMPLES = """
{commands}

examples:
  lenet-verify                               both variants, the default plan
  lenet-verify --quick                       one batch of each variant
  lenet-verify --full                        every regime, tier, batch, reading
  lenet-verify --variant 1998 --batch 1 32   two batch sizes of one variant
  lenet-verify --regime digits --seeds 100   a sweep over 100 seeds
  lenet-verify --weights trained.pt --variant modern
  lenet-verify --option reading=seed --variant 1998
  lenet-verify --network d2l                 another network: name or TOML file

exit status: 0 all passed, 1 a difference, 2 unusable input, 3 an error of the harness
"""


BY_HAND = ("--tier", "--batch", "--regime", "--option", "--weights")
CLASHES = (
    *(Clash(plan, BY_HAND, f"{plan} has cases of its own; leave it out to choose them")
      for plan in ("--quick", "--full")),
    Clash("--resume", ("--json", "--junit"), "they hold every row of a run that is one piece"),
)  # fmt: skip


def commands() -> str:
    """What else there is, for --help."""
    lines = [f"  {name:<12}{text}" for name, text in COMMANDS.items()]
    return "\n".join(["commands (lenet-verify COMMAND --help):", *lines])


def parser() -> Parser:
    """The main command's options."""
    p = Parser(
        prog="lenet-verify",
        description="Verify the hand-derived LeNet-5 against PyTorch autograd, layer by layer.",
        epilog=EXAMPLES.format(commands=commands()),
    )
    level = p.add_mutually_exclusive_group()
    level.add_argument("--quick", action="store_true", help="one batch of each variant")
    level.add_argument("--full", action="store_true", help="every regime, tier and reading")
    takes_network(p)
    p.add_argument("--tier", "--dtype", choices=["exact", "float64", "float32"],
                   help="of all numbers; default: float64 and float32")  # fmt: skip
    p.add_argument("--batch", type=int, nargs="+", action="extend", metavar="N",
                   help="batch sizes; default: 1 and 7, for cases chosen by hand")  # fmt: skip
    p.add_argument("--regime", nargs="+", action="extend", metavar="NAME",
                   help="how cases are drawn: lenet-verify regimes lists and explains them"
                   )  # fmt: skip
    p.add_argument(
        "--seed",
        type=int,
        default=None,
        metavar="S",
        help="one seed, or the first of --seeds (default: 0)",
    )
    p.add_argument("--seeds", type=int, metavar="COUNT", help="sweep so many seeds, from --seed on")
    p.add_argument("--option", action="append", default=[], metavar="KEY=VALUE",
                   help="architecture: channels, reg, loss, j, learned_codes, subsampling, "
                   "reading")  # fmt: skip
    p.add_argument("--data", type=Path, default=idx.PACKAGED, metavar="FOLDER",
                   help="IDX files of MNIST (default: 200 packaged digits)")  # fmt: skip
    p.add_argument(
        "--weights",
        type=Path,
        metavar="FILE",
        help="in place of drawn ones: .npz, .safetensors or .pt",
    )
    p.add_argument("--tensor", default="", metavar="NAME", help="report this tensor alone")
    p.add_argument("--bounds", action="store_true",
                   help="of every inherited error, even where own errors prove it")  # fmt: skip
    p.add_argument("--out", type=Path, default=Path("reports/latest"), metavar="FOLDER",
                   help="where the report goes")  # fmt: skip
    p.add_argument("--rows", choices=["all", "failing"], default="all", help="rows to write")
    p.add_argument("--format", choices=[*FORMATS], default="csv",
                   help="of the rows: diff.csv, diff.parquet, both")  # fmt: skip
    p.add_argument("--resume", action="store_true",
                   help="go on where a run into the same folder ended early")  # fmt: skip
    p.add_argument("--html", action="store_true", help="write report.html too: a page to look at")
    takes_workers(p)
    takes_outputs(p)
    p.clashes += CLASHES
    return p


@dataclass(frozen=True)
class RunRequest:
    """What the main job is asked, as values.

    level: quick, default, full, or product where cases were chosen by hand; seed: of the checks;
    failing: write the rows that do not pass, and no others; jobs: worker processes; html: write a
    page, too; dask: a cluster whose workers do it; format: of the rows, of FORMATS; resume: go on
    where a run ended early; bounds: of every inherited error.
    """

    level: str
    chosen: Chosen
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
    outputs: Outputs = NONE
    html: bool = False
    dask: str | None = None
    format: str = "csv"
    resume: bool = False
    bounds: bool = False

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the networks."""
        return self.chosen.variants

    @property
    def planned(self) -> bool:
        """Every tensor in every tier is to be verified."""
        return self.level in ("default", "full")


def requested(words: Sequence[str]) -> RunRequest:
    """The words of the command line as values.

    Raises:
        InputError: anything unusable, in one line.
    """
    asked = parser().understood(words)
    at_least(asked, batch=1, seeds=1, seed=0)
    checked(asked)
    within((asked.seed or 0) + (asked.seeds or 1) - 1)
    networks = chosen(asked) or Chosen()
    if asked.weights is not None and len(networks.variants) > 1:
        raise InputError("weights belong to one variant", where="--weights",
                         fix="add --variant modern or --variant 1998")  # fmt: skip
    regimes = tuple(asked.regime or ("integers" if asked.tier == "exact" else "digits",))
    known(regimes)
    for name in regimes:
        fits(name, asked, networks)
    if asked.html and asked.format == "parquet":
        raise InputError("cannot be obeyed together", where="--html and --format parquet",
                         fix="the page is made of diff.csv; say --format both")  # fmt: skip
    leaves_room(regimes, *drawn_from(asked))
    first = asked.seed or 0
    return RunRequest(
        level=level(asked),
        chosen=networks,
        regimes=regimes,
        tiers=(asked.tier,) if asked.tier else ("float64", "float32"),
        batches=tuple(asked.batch or (1, 7)),
        seeds=range(first, first + (asked.seeds or 1)),
        seed=first,
        options=architecture_options(asked.option),
        data=asked.data,
        weights=asked.weights,
        tensor=asked.tensor,
        out=asked.out,
        failing=asked.rows == "failing",
        jobs=asked.jobs,
        dask=asked.dask,
        format=asked.format,
        resume=asked.resume,
        outputs=outputs(asked),
        html=asked.html,
        bounds=asked.bounds,
    )


def level(asked: argparse.Namespace) -> str:
    """quick, default, full, or product when cases were chosen by hand."""
    if asked.quick or asked.full:
        return "quick" if asked.quick else "full"
    return "product" if {"tier", "batch", "regime", "option", "weights"} & {*asked.said} else (
        "default")  # fmt: skip


def known(regimes: Sequence[str]) -> None:
    """Regimes or probes of these names.

    Raises:
        InputError: those that are none, all at once.
    """
    every = [*REGIMES, *probes.PROBES]
    if wrong := [name for name in regimes if name not in every]:
        likely = [each for name in wrong for each in near(name, every)]
        raise InputError("no such regime", where="--regime", got=", ".join(wrong),
                         expected=", ".join(likely or every))  # fmt: skip


def fits(name: str, asked: argparse.Namespace, networks: Chosen) -> None:
    """A regime that has cases of this tier and of these networks.

    Raises:
        InputError: it has none.
    """
    probe = probes.PROBES.get(name)
    if probe is None and asked.tier and (asked.tier == "exact") != is_exact(name):
        raise refused("--tier", asked.tier, name, "the integer regimes are exact, no other is")
    if probe is None:
        return
    option, word = ("--network", asked.network) if asked.network else ("--variant", asked.variant)
    if networks.published and probe.variant not in (*networks.variants, probes.OPTIONS):
        raise refused(option, word, name, f"it is a probe of {probe.variant}")
    if not networks.published and not any(map(probe.concerns, networks.architectures(()))):
        raise refused(option, word, name, "it is a probe of what that network does not have")


def drawn_from(asked: argparse.Namespace) -> tuple[object, object, object]:
    """What was said of how cases are drawn: an option, weights, digits; None of what was not."""
    option = asked.option[0] if asked.option else None
    return option, asked.weights, asked.data if "data" in asked.said and asked.regime else None
