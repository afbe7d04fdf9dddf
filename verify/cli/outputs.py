"""Reports for other programs: options that the main job and ``check`` share."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from lenet_ref.errors import LeNetError
from lenet_ref.storage import replaceable
from verify.errors import InputError

HELP = {
    "json": "write a JSON document (schema: docs/json.md)",
    "junit": "write JUnit XML, as pytest does",
    "markdown": "write a page in GitHub's Markdown",
}
OURS = {
    "json": ('{\n "schema": "lenet-verify/',),
    "junit": ("<?xml ", '<testsuites name="lenet-verify">'),
    "markdown": ("## ", " lenet-verify"),
}
"""What a report of each kind begins with: nothing else is replaced by one."""
BEGINNING = 120


@dataclass(frozen=True)
class Outputs:
    """Files to write beside the report; None: it was not asked for."""

    json: Path | None = None
    junit: Path | None = None
    markdown: Path | None = None

    @property
    def given(self) -> dict[str, Path]:
        """Those that were asked for."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {kind: path for kind, path in found.items() if path is not None}

    @property
    def rows(self) -> bool:
        """One of them has every row."""
        return self.json is not None or self.junit is not None


NONE = Outputs()


def takes_outputs(p: argparse.ArgumentParser) -> None:
    """Add the options."""
    for kind, told in HELP.items():
        p.add_argument(f"--{kind}", type=Path, metavar="FILE", help=told)


def outputs(asked: argparse.Namespace) -> Outputs:
    """Files that can be written, as far as that can be told before the work.

    Raises:
        InputError: one cannot, two are the same, or it is something else's.
    """
    found = Outputs(*(getattr(asked, kind) for kind in HELP))
    taken: dict[Path, str] = {}
    for kind, path in found.given.items():
        usable(kind, path)
        other = taken.setdefault(path.resolve(), kind)
        if other != kind:
            raise InputError("the same file", where=f"--{other} and --{kind}", got=path)
    return found


def usable(kind: str, path: Path, ours: Sequence[str] = ()) -> None:
    """A name that is free, or that an earlier report of this kind has.

    Args:
        ours: what stands in the beginning of such a report, if it is none of OURS.
    Raises:
        InputError: it is neither.
    """
    where, parts = f"--{kind}", ours or OURS[kind]
    try:
        replaceable(path)
        known = _beginning(path) if path.exists() else ""
    except (LeNetError, OSError, ValueError) as error:
        why = error.what if isinstance(error, LeNetError) else f"cannot be used: {error}"
        raise InputError(why, where=f"{where} {path}", fix="choose another name") from None
    if known and not all(part in known for part in parts):
        raise InputError("it is there already, and no such report", where=f"{where} {path}",
                         fix="choose another name, or remove it")  # fmt: skip
    above = next((each for each in path.absolute().parents if each.exists()), path.parent)
    if not above.is_dir():
        raise InputError(f"{above} is no folder", where=f"{where} {path}")


def _beginning(path: Path) -> str:
    """The first characters of a file."""
    if not path.stat().st_size:
        return ""
    with path.open("rb") as file:
        return file.read(BEGINNING).decode("utf-8", "replace")


def asked_anyway(words: list[str]) -> Outputs:
    """The files that unusable words ask for: whoever waits for them is to see why."""
    p = argparse.ArgumentParser(add_help=False, allow_abbrev=False, exit_on_error=False)
    takes_outputs(p)
    try:
        return outputs(p.parse_known_args(words)[0])
    except (InputError, argparse.ArgumentError):
        return NONE
