"""What each policy says of each mistake: a row of evidence.csv."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from verify.proof.evidence.exhibit import Exhibit
from verify.proof.evidence.plants import (
    TIERS,
    Mistaken,
    Shown,
    guilty_layers,
    kind_of,
    planted_in,
    right_of,
    shown,
)
from verify.proof.evidence.policy import Policy, Said, row_of

__all__ = ["BLIND", "BOTH", "COLUMNS", "FOUND", "MISSED", "Trial", "trial", "trials"]
FOUND, MISSED, BLIND, BOTH = "found", "missed", "not in what it reads", "rejects right, too"


@dataclass(frozen=True)
class Trial:
    """A policy and a mistake in one number format.

    outcome: found, if what is wrong is rejected and the same case without the mistake accepted;
    rejects right, too, which tells nothing; missed; or missed because no tensor that the policy
    reads is another one than without the mistake.  first: the tensor that is rejected first;
    located: found, and every layer that is blamed is mistaken; named: found, and the mistake
    itself is among the causes.
    """

    policy: str
    tensors: str
    tier: str
    kind: str
    mistake: str
    case: str
    outcome: str
    first: str = ""
    located: bool = False
    named: bool = False

    def row(self) -> dict[str, Any]:
        """One row of evidence.csv."""
        return row_of(self, COLUMNS)


COLUMNS = tuple(field.name for field in fields(Trial))


def trials(mistake: Mistaken, policies: Sequence[Policy]) -> Iterator[Trial]:
    """Of one mistake, in each number format in which it shows."""
    for tier in TIERS:
        if (found := shown(mistake, tier)) is not None:
            case, apart = found
            for policy in policies:  # while nothing is planted
                _of_right(policy, right_of(mistake, case))
            with planted_in(mistake, case) as exhibit:
                guilty = guilty_layers(mistake, exhibit)
                at = Shown(mistake, exhibit, guilty, apart)
                yield from (t for p in policies if (t := trial(p, at, tier)) is not None)


def trial(policy: Policy, at: Shown, tier: str) -> Trial | None:
    """What one policy says; None where it does not apply."""
    reads = policy.reads(at.exhibit)
    if not reads:
        return None
    mistake, said = at.mistake, policy.says(at.exhibit)
    outcome = _outcome(policy, at, said, not at.differs.isdisjoint(reads))
    causes = {name.rpartition("/")[2] for name in said.causes}
    return Trial(
        *(policy.name, policy.tensors, tier, kind_of(mistake), mistake.name, at.exhibit.case.name),
        outcome=outcome,
        first=said.first,
        located=outcome == FOUND and bool(said.layers) and at.guilty.issuperset(said.layers),
        named=outcome == FOUND and mistake.cause in causes,
    )


def _outcome(policy: Policy, at: Shown, said: Said, seen: bool) -> str:
    if not said.rejected:
        return MISSED if seen else BLIND
    right = at.exhibit.right
    return BOTH if right is not None and _of_right(policy, right).rejected else FOUND


def _of_right(policy: Policy, right: Exhibit) -> Said:
    """What it says of the case without the mistake, asked once."""
    known: dict[str, Said] = vars(right).setdefault("said", {})
    if policy.key not in known:
        known[policy.key] = policy.says(right)
    return known[policy.key]
