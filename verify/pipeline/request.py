"""What a check is asked to do, as a value: made from options at the command line."""

from __future__ import annotations

from dataclasses import dataclass, field

from verify.errors import InputError
from verify.exchange.load import Source
from verify.subjects.asked import Questions
from verify.subjects.limits import Limits

__all__ = ["CheckRequest"]


@dataclass(frozen=True)
class CheckRequest:
    """source: what is said of the network, and of a dump; require: what must not be absent; tier,
    seed: of what a subject that answers is handed; reproducible: the same call must give the same
    bits; limits: of one call."""

    source: Source = field(default_factory=Source)
    require: str = "nothing"
    tier: str = "float64"
    seed: int = 0
    reproducible: bool = False
    limits: Limits = field(default_factory=Limits)

    @property
    def questions(self) -> Questions:
        """What a subject that answers is asked.

        Raises:
            InputError: no variant was given.
        """
        if self.source.variant is None:
            raise InputError("which variant?", fix="add --variant modern or --variant 1998")
        return Questions(self.source.variant, self.tier, self.seed, self.source.options)
