"""How a subject behaves between two answers: part of its process; ``watch`` and ``state`` put
together, asked once for each call."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
OURS = ("child", "values", "conduct", "watch", "state")


def beside(name: str) -> Any:
    """The file of that name beside this one; already there where the subject's process has it."""
    known = f"lenet_verify_{name}"
    if known not in sys.modules:
        spec = importlib.util.spec_from_file_location(known, HERE / f"{name}.py")
        if spec is None or spec.loader is None:
            raise ImportError(name)
        module = sys.modules[known] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[known]


watch, state = beside("watch"), beside("state")


class Conduct:
    """What there is to say of the subject besides its answers.

    Made before it is loaded; entered for each call; ``since`` gives what is new.

    Args:
        spec: of the subject; secret: folders that it has no business in.
    """

    def __init__(self, spec: str, secret: list[str]) -> None:
        name = spec.rpartition(":")[0]
        file = name.endswith(".py")
        home = f"{Path(name).resolve().parent}/" if file else ""
        ours = [str(HERE / f"{each}.py") for each in OURS]
        self.places = watch.Places("" if file else name.split(".")[0], ours)
        self.results = state.Results()
        self._functions = state.functions()
        self._settings: dict[str, Any] = {}
        self._facts: list[Any] = []
        self._since = watch.watched(self.places, secret, home)

    def __enter__(self) -> None:
        self._facts = [watch.Fact("later", each) for each in self.results.changed()]
        self._settings = state.settings()

    def __exit__(self, *_: object) -> None:
        after = state.settings()
        changed = [k for k, was in self._settings.items() if after.get(k) != was]
        self._facts += [watch.Fact("setting", each) for each in changed]

    def since(self) -> list[Any]:
        """Of the last call, and of all before it that was not said."""
        reused, self.results.reused = self.results.reused, []
        again = [watch.Fact("reused", name) for name in reused]
        return [*self._facts, *again, *self._since(), *self._broken()]

    def last(self) -> list[Any]:
        """When all calls are over."""
        found = state.going_on(self.places.line, self.places.of)
        threads = [watch.Fact("thread", each) for each in found]
        self.__enter__()  # what threads have changed since
        return [*threads, *self.since()]

    def _broken(self) -> list[Any]:
        """Functions that were replaced."""
        return [
            watch.Fact("patched-by" if package else "patched", name, package)
            for name, package in state.replaced(self._functions, self.places.of)
        ]
