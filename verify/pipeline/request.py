"""What a check is asked to do, as a value: made from options at the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from verify.cases import idx
from verify.errors import InputError
from verify.exchange.load import Source
from verify.judge.findings import Finding
from verify.subjects.asked import Questions
from verify.subjects.limits import Limits
from verify.words import nearest

__all__ = ["CheckRequest"]


@dataclass(frozen=True)
class CheckRequest:
    """source: what is said of the network, and of a dump; require: what must not be absent;
    tensor: the one that is judged, or all; reproducible: the same call must give the same bits;
    allow: packages and programs that a callable may use, where that is judged; secret: folders
    that it has no business in; limits: of one call; the rest as in :class:`Questions`."""

    source: Source = field(default_factory=Source)
    require: str = "nothing"
    tier: str = "float64"
    seed: int = 0
    regimes: tuple[str, ...] = ()
    batches: tuple[int, ...] = ()
    data: Path = idx.PACKAGED
    weights: Path | None = None
    tensor: str = ""
    reproducible: bool = False
    allow: tuple[str, ...] = ()
    secret: tuple[Path, ...] = ()
    limits: Limits = field(default_factory=Limits)

    @property
    def questions(self) -> Questions:
        """What a subject that answers is asked.

        Raises:
            InputError: no variant was given.
        """
        if self.source.variant is None:
            raise InputError("which network?", fix="add --variant modern, or --network NAME")
        return Questions(self.source.variant, self.tier, self.seed, self.source.options,
                         self.regimes, self.batches, self.data, self.weights,
                         self.source.network)  # fmt: skip

    def shown(self, findings: list[Finding]) -> list[Finding]:
        """The findings of the one tensor, or all.

        Raises:
            InputError: the network has no such tensor.
        """
        if not self.tensor:
            return findings
        found = [f for f in findings if f.step.tensor == self.tensor]
        if not found:
            raise InputError("no such tensor", where="--tensor", got=self.tensor,
                             expected=nearest(self.tensor, [f.step.tensor for f in findings])
                             )  # fmt: skip
        return found
