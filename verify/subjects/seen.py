"""What the subject's process noted of the subject, in words: findings, and notes.

It comes from a process that the subject can reach into: absent, it proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from verify.checks.check import Check
from verify.subjects.limits import printable
from verify.words import listed

__all__ = ["FRAMEWORKS", "HARNESS", "LONGEST", "MOST", "TOLD", "USED", "WRONG", "Allowed", "Seen",
           "checks", "read"]  # fmt: skip
LONGEST, MOST = 200, 500
"""Characters of a text from the other side; facts of one reply."""
FRAMEWORKS = ("torch", "jax", "tensorflow", "keras", "autograd", "tinygrad", "mxnet", "theano",
              "chainer", "cupy", "paddle", "mindspore", "aesara", "pytensor", "needle",
              "sklearn", "onnxruntime")  # fmt: skip
"""Packages that have the derivatives, or the layers, ready."""
HARNESS = {
    "verify": "the judge itself",
    "lenet_ref": "the derivation that this harness verifies itself by",
}


@dataclass(frozen=True)
class Seen:
    """kind: of the facts of ``watch``, ``state`` and ``channel``; what; where: the subject's line,
    or whose doing it is."""

    kind: str
    what: str
    where: str = ""

    def __str__(self) -> str:
        return f"{self.what} ({self.where})" if self.where else self.what


Allowed = tuple[str, ...]
"""Packages that may be imported and programs that may be started; none: nothing was said."""

WRONG = {
    "peek": ("reads nothing secret", "it reads what is secret: {}"),
    "memory": ("reads nothing secret", "it reads the memory of the harness: {}"),
    "tamper": ("leaves the harness alone", "it writes to the files of {}"),
    "signal": ("leaves the harness alone", "it sends the harness {}; not delivered"),
    "forged": ("leaves the harness alone", "it writes to the channel of the harness, in place of"
               " an answer: {}"),
    "limit": ("leaves the harness alone", "it raises its limit of {}"),
    "patched": ("functions are left as they are", "it replaces {}"),
    "later": ("results stay as they are", "they change after they were returned, with no call"
              " in between: {}"),
    "thread": ("leaves nothing running", "a thread goes on when its calls are over: {}"),
    "stays": ("leaves nothing running", "its process does not end with its calls {}; ended"),
}  # fmt: skip
"""By kind: the question, and the sentence where that alone is a finding."""
TOLD = {
    "reused": ("results stay as they are", "a later call writes over the arrays of an earlier one;"
               " who keeps them needs copies: {}"),
    "setting": ("settings", "a call leaves changed: {}"),
    "patched-by": ("functions are left as they are", "an installed package replaces {}"),
}  # fmt: skip
"""What is mentioned: honest code does it, too."""
USED = {
    "import": ("imports", "it uses {}"),
    "source": ("imports", "it reads the source of {}"),
    "copy": ("imports", "it has functions of {}"),
    "program": ("programs", "it starts {}"),
    "network": ("network", "it connects to {}"),
}
"""What is mentioned, and is a finding where it was said what is allowed."""


def read(found: Any) -> list[Seen]:
    """Facts from the other side; what is not of their form is left out."""
    if not isinstance(found, list):
        return []
    whole = [each for each in found[:MOST] if isinstance(each, list) and len(each) == 3]
    clean = ([printable(str(text).encode("utf-8", "replace"))[:LONGEST] for text in each]
             for each in whole)  # fmt: skip
    known = {*WRONG, *TOLD, *USED, "file"} - {"forged", "stays", "copy"}  # these are ours to say
    return [Seen(*each) for each in clean if each[0] in known]


def checks(seen: Sequence[Seen], allowed: Allowed, variant: str) -> Iterator[Check]:
    """A finding or a note for each kind of fact."""
    by_kind: dict[str, list[Seen]] = {}
    for each in dict.fromkeys(seen):
        by_kind.setdefault(each.kind, []).append(each)
    for kind, found in by_kind.items():
        if kind in WRONG or kind in TOLD:
            question, sentence = {**WRONG, **TOLD}[kind]
            text = sentence.format(listed(dict.fromkeys(map(str, found)), 5))
            yield Check("subject", variant, question, kind in TOLD, text)
        elif kind in USED:
            yield from _used(kind, found, allowed, variant)


def _used(kind: str, found: Sequence[Seen], allowed: Allowed, variant: str) -> Iterator[Check]:
    """Those that are forbidden as a finding, those that are worth mentioning as a note."""
    question, sentence = USED[kind]
    if kind != "network":
        found = [one for one in found if _name(one) not in ("numpy", *allowed)]
    wrong = [one for one in found if allowed or (kind == "import" and one.what == "verify")]
    told = [one for one in found if one not in wrong and _worth(one)]
    for some, passed in ((wrong, False), (told, True)):
        if some:
            text = sentence.format(listed(dict.fromkeys(map(_named, some)), 3))
            said = f"; allowed: {', '.join(allowed)}" if allowed and not passed else ""
            yield Check("subject", variant, question, passed, text + said)


def _name(one: Seen) -> str:
    """What would have to be allowed."""
    return PurePath(one.what.split(" ")[0]).name if one.kind == "program" else one.what


def _named(one: Seen) -> str:
    """A package with what it is, where it is ours."""
    told = HARNESS.get(one.what, "")
    return f"{one.what}, {told}{f' ({one.where})' * bool(one.where)}" if told else str(one)


def _worth(one: Seen) -> bool:
    """Every program and connection; of packages those that have the answers."""
    return one.kind != "import" or one.what in (*FRAMEWORKS, *HARNESS)
