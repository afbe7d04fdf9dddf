"""The tests: a collector for each subject, an item for each tensor of each case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from verify.plugin.ledger import Entry

if TYPE_CHECKING:
    from verify.plugin.judging import Said, Sitting
    from verify.plugin.request import Asked

__all__ = ["ANSWERS", "Calls", "Ledger", "Stale", "Subject", "Tensor", "Test"]
ANSWERS = "answers"
"""The test that says why there is nothing to judge."""


class Test(pytest.Item):
    """What stands on one tensor, or on the calls."""

    __test__ = False
    alone = True

    def __init__(self, *, sitting: Callable[[], Sitting], **named: Any) -> None:
        super().__init__(**named)
        self.sitting = sitting

    def said(self) -> Said:
        """What it comes to."""
        raise NotImplementedError

    def runtest(self) -> None:
        """Judge the subject, if it was not; skip or fail in a few lines."""
        said = self.said()
        if said.failure:
            raise pytest.fail.Exception(said.failure, pytrace=False)
        if said.skipped:
            raise _skipped(said.skipped)

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """The lines alone, and the first of them in pytest's summary."""
        return _brief(super().repr_failure(excinfo), self.path)

    def reportinfo(self) -> tuple[Path, int, str]:
        """Where it stands: in the subject's file."""
        return self.path, 0, self.name


def _brief(found: Any, path: Path) -> Any:
    """Without the name of pytest's exception, and from where the test stands."""
    crash = getattr(found, "reprcrash", None)
    if crash is not None:
        crash.message = crash.message.removeprefix("Failed: ")
        crash.path, crash.lineno = str(path), 1
    return found


def _skipped(reason: str) -> BaseException:
    """From where the test stands, and not from here."""
    error = pytest.skip.Exception(reason)
    error._use_item_location = True
    return error


class Tensor(Test):
    """A tensor of a case."""

    def __init__(self, *, place: tuple[str, int], tensor: str, **named: Any) -> None:
        super().__init__(**named)
        self.place, self.tensor = place, tensor

    def said(self) -> Said:
        """Of a subject that did not answer this fails only if no other test of this process does:
        a worker knows which tests there are, and not which of them others run."""
        others = (each for each in self.session.items if each is not self)
        alone = not any(isinstance(each, Calls) and each.about == ANSWERS
                        and each.parent is self.parent for each in others)  # fmt: skip
        sitting = self.sitting()
        worker = hasattr(self.config, "workerinput")
        return sitting.tensor(self.place, self.tensor, alone or (worker and not sitting.told))


class Calls(Test):
    """What there is to say about the calls of a subject."""

    def __init__(self, *, about: str, **named: Any) -> None:
        super().__init__(**named)
        self.about = about

    def said(self) -> Said:
        """The checks that do not hold."""
        return self.sitting().calls(self.about)


class Subject(pytest.File):
    """All tests of one subject."""

    asked: Asked
    sitting: Callable[[], Sitting]
    entries: Iterable[Entry] = ()

    def collect(self) -> Iterator[Test]:
        """First what is about the calls, so that ``-x`` stops where nothing was answered."""
        for word, marks in self._tests():
            about = "about" in marks
            given = {"about": marks["about"]} if about else {
                "place": (marks["regime"], marks["batch"]), "tensor": marks["tensor"]}  # fmt: skip
            yield self._made(Calls if about else Tensor, word, marks, **given)

    def words(self) -> list[str]:
        """What stands in the brackets of each."""
        return [word for word, _ in self._tests()]

    def _tests(self) -> Iterator[tuple[str, dict[str, Any]]]:
        from verify.plugin.judging import CALLS

        asked = self.asked
        start = f"{asked.named.name}-" if asked.named.name else ""
        for about in CALLS:
            yield f"{start}subject-{about}", {"about": about}
        for regime, batch in asked.places:
            for tensor in asked.tensors:
                layer, _, symbol = tensor.partition(".")
                marks = {"layer": layer, "tensor": tensor, "symbol": symbol, "regime": regime,
                         "batch": batch, "tier": asked.tier}  # fmt: skip
                yield f"{start}{tensor}-{regime}-{asked.tier}-N{batch}", marks

    def _made(self, kind: type[Test], word: str, marks: dict[str, Any], **named: Any) -> Test:
        # the id is said whole: else pytest takes the brackets for a part of the name, and --lf
        # does not find again what it wrote down
        name, sitting = f"lenet[{word}]", self.sitting
        item = kind.from_parent(self, name=name, nodeid=f"{self.nodeid}::{name}", sitting=sitting,
                                **named)  # fmt: skip
        whose = self.asked.named.name or self.asked.named.subject
        item.add_marker(pytest.mark.lenet(subject=whose, **marks))
        item.extra_keyword_matches.update(str(value) for value in marks.values())
        if self.config.pluginmanager.hasplugin("xdist"):
            item.add_marker(pytest.mark.xdist_group(f"lenet-{whose}"))
        for entry in self.entries:
            if entry.matches(word):
                item.add_marker(pytest.mark.xfail(reason=entry.reason, strict=True))
        return item


class Stale(pytest.Item):
    """A line of the ledger that lists no test."""

    entry: Entry

    def runtest(self) -> None:
        """It is wrong to be here."""
        said = f"{self.entry.where}: {self.entry.pattern} matches no test"
        said += "\n  leave the line out; pytest --collect-only -q shows the ids"
        raise pytest.fail.Exception(said, pytrace=False)

    def repr_failure(self, excinfo: Any, style: Any = None) -> Any:
        """The lines alone."""
        return _brief(super().repr_failure(excinfo), self.path)

    def reportinfo(self) -> tuple[Path, int, str]:
        """The line."""
        return self.path, int(self.entry.where.rpartition(":")[2]) - 1, self.name


class Ledger(pytest.File):
    """What is wrong with the ledger itself."""

    stale: Iterable[Entry] = ()

    def collect(self) -> Iterator[Stale]:
        """A test that fails for each line without a use."""
        for entry in self.stale:
            name = f"lenet[expected-{entry.pattern}]"
            item = Stale.from_parent(self, name=name, nodeid=f"{self.nodeid}::{name}")
            item.entry = entry
            item.add_marker(pytest.mark.lenet(expected=entry.pattern))
            yield item
