"""What somebody else's LeNet-5 is asked: the cases, and the checks that go with the tensors.

No 1/N can be taken for 1/4 of a window or 1/25 of a kernel.  One image alone shows axes squeezed
away; zero biases and ties show the conventions at a kink; an even batch of more than a block has
every label; wide logits overflow a softmax without the shift; without any kink in the way (signed
images), gradients alone are judged to rounding.  Last the first images come again with other
weights and labels, which a program that remembers images forgets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path

import numpy as np

from lenet_ref.architecture import Architecture
from verify.cases import idx
from verify.cases.case import Case, from_the_loss
from verify.cases.draws import Values
from verify.cases.networks import make_arch
from verify.cases.options import Options
from verify.cases.plan import Job, takes_weights
from verify.cases.weights import load_weights
from verify.checks.check import HOLDS, Check
from verify.exchange.schema import expected
from verify.judge.kinks import KINK_FREE, ContestedError, contested, kink_free, stated
from verify.judge.trace import Trace
from verify.subjects.limits import Noise
from verify.words import guessed, listed

__all__ = [
    "ANSWERS",
    "BATCHES",
    "OTHER_WEIGHTS",
    "PLAN",
    "Heard",
    "Questions",
    "called",
    "cases",
    "every_label",
    "reweighted",
]  # fmt: skip
ANSWERS = "answers"
PLAN = (
    ("digits", 3),
    ("digits", 1),
    ("zero-bias", 5),
    ("ties", 5),
    ("digits", 18),
    ("saturated", 2),
    ("kink-free", 7),
)
BATCHES = (1, 7)
"""Where regimes are chosen and batches are not."""
OTHER_WEIGHTS = "other-weights"
"""The regime of the first case's images with another seed's weights and other labels."""


@dataclass(frozen=True)
class Questions:
    """Of which network, and how the numbers are drawn.  options: of the network; regimes, batches:
    in place of the plan; data: folder of digits; weights: a file, in place of drawn ones; network:
    what variant names, where it is no preset."""

    variant: str
    tier: str = "float64"
    seed: int = 0
    options: Options = ()
    regimes: tuple[str, ...] = ()
    batches: tuple[int, ...] = ()
    data: Path = idx.PACKAGED
    weights: Path | None = None
    network: Architecture | None = None

    @property
    def plan(self) -> tuple[tuple[str, int], ...]:
        """Regime and batch of each case, once: every combination asked for, or PLAN, but for
        regimes that are nothing without weights of their own where weights are given."""
        if self.regimes or self.batches:
            pairs = product(self.regimes or PLAN[0][:1], self.batches or BATCHES)
            return tuple(dict.fromkeys(pairs))
        return tuple(row for row in PLAN if self.weights is None or takes_weights(row[0]))

    def job(self, regime: str, batch: int) -> Job:
        """One case of the plan."""
        return Job(self.variant, regime, self.tier, batch, self.seed, self.options,
                   network=self.network)  # fmt: skip

    def given(self) -> Values | None:
        """The weights of the file, if there is one.

        Raises:
            InputError: unreadable, or not this network's parameters.
        """
        if self.weights is None:
            return None
        return load_weights(self.weights, make_arch(self.variant, dict(self.options), self.network))


def cases(asked: Questions) -> Iterator[Case]:
    """The cases, each differentiated from the loss down: a subject is given images and labels
    but no upstream gradient.  Nothing kink-free is asked of a network that has ties in any input,
    unless that regime was chosen.

    Raises:
        InputError: no such variant or option, digits or weights that cannot be read.
        OptionError: a value out of range.
    """
    weights = asked.given()
    for regime, batch in asked.plan:
        try:
            job = kink_free(asked.job(regime, batch), asked.data, weights)
        except ContestedError:
            if asked.regimes:
                raise
            continue
        yield every_label(from_the_loss(job.case(asked.data, weights)))
    yield reweighted(asked.job(*asked.plan[0]), asked.data)


def every_label(case: Case) -> Case:
    """The labels of a large batch in turn, so that none is left out; no gradient needs them to be
    those of the images."""
    classes = case.arch.classes
    if case.labels is None or len(case.labels) < classes:
        return case
    turn = (np.arange(len(case.labels)) + case.seed) % classes
    return replace(case, labels=turn.astype(case.labels.dtype))


def reweighted(job: Job, data: Path = idx.PACKAGED) -> Case:
    """A case's images with the parameters of the next seed and every label moved on by one."""
    case, other = job.case(data), replace(job, seed=job.seed + 1).case(data)
    labels = None if case.labels is None else (case.labels + 1) % case.arch.classes
    upstream = other.upstream if case.arch.loss is None else None
    return replace(case, regime=OTHER_WEIGHTS, parameters=other.parameters, labels=labels,
                   upstream=upstream)  # fmt: skip


def called(case: Case) -> str:
    """A case in a few words."""
    return f"{case.regime} N={case.batch}"


@dataclass
class Heard:
    """What a subject gave, case by case, and what there is to say about its calls.

    said: for each question, what was wrong (empty: nothing) and in which cases; one mistake
    in five cases is one line; besides: what it did that no answer shows.
    """

    tensors: list[tuple[Case, Trace]] = field(default_factory=list)
    said: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    variant: str = ""
    besides: list[Check] = field(default_factory=list)

    def say(self, case: Case, question: str, wrong: str) -> None:
        """The answer to a question about one call."""
        self.variant = case.arch.variant
        self.said.setdefault((question, wrong), []).append(called(case))

    def keep(self, case: Case, tensors: Trace) -> None:
        """Tensors to be judged, if there are any."""
        self.say(case, "returns tensors", "" if tensors else "nothing that could be judged")
        if tensors:
            self.tensors.append((case, tensors))

    def kinks(self, case: Case) -> None:
        """What a kink-free case promises."""
        if case.regime == KINK_FREE:
            units = contested(case)
            self.say(case, "0 contested units", stated(units) if units else "")

    def withheld(self, names: Mapping[str, str]) -> None:
        """What is handed over in one case is handed over in all: of a batch of one alone nothing
        can be said about batches.  names: of the tensors, by what the subject calls them."""
        given = [({names.get(k, "") for k in t} - {""}, called(case)) for case, t in self.tensors]
        everything = set().union(*(found for found, _ in given))
        for found, where in given:
            if lacking := sorted(everything - found):
                listed = ", ".join(lacking[:4]) + (" ..." if len(lacking) > 4 else "")
                wrong = f"{len(lacking)} tensors of other cases are withheld: {listed}"
                self.said.setdefault(("the same tensors in every case", wrong), []).append(where)
        if given and all(found == everything for found, _ in given):
            self.said[("the same tensors in every case", "")] = [where for _, where in given]

    def unasked(self, questions: Questions, asked: Sequence[Case]) -> None:
        """What of the plan could not be drawn."""
        planned = {regime for regime, _ in questions.plan}
        if KINK_FREE in planned - {case.regime for case in asked}:
            self.note(KINK_FREE, "not asked: this network has ties, or units at a kink, in any "
                      "input; gradients alone are judged less sharply")  # fmt: skip

    def note(self, question: str, text: str) -> None:
        """Something to mention that is no mistake."""
        self.notes[question] = text

    def recognise(self, case: Case, unknown: Sequence[str]) -> None:
        """Names that are no tensors of the network: most likely a slip, and never judged."""
        known = expected(case.arch, case.batch)
        told = listed(guessed(name, known) for name in unknown)
        wrong = f"no such tensor: {told}; map or ignore it in [names] of --mapping"
        self.say(case, "names are known", wrong if unknown else "")

    def checks(self, noise: Noise) -> list[Check]:
        """Everything said.  Printing is no mistake, but it is mentioned."""
        found = [
            self._check(f"{question} ({self._places(where)})", wrong)
            for (question, wrong), where in self.said.items()
        ]
        if noise.heard:
            self.note("prints", f"it prints: {noise}; kept apart, not judged")
        if noise.processes:
            went = "a process" if noise.processes == 1 else f"{noise.processes} processes"
            wrong = f"it left {went} behind, which went on when it was over; ended"
            found.append(self._check("leaves nothing running", wrong))
        notes = [self._check(question, "", text) for question, text in self.notes.items()]
        return [*found, *self.besides, *notes]

    def _check(self, question: str, wrong: str, held: str = HOLDS) -> Check:
        return Check("subject", self.variant, question, not wrong, wrong or held)

    def _places(self, where: Sequence[str]) -> str:
        """The cases, or that it was all of them."""
        calls = sum(len(w) for (question, _), w in self.said.items() if question == ANSWERS)
        return f"all {calls} cases" if len(where) == calls > 1 else ", ".join(where)
