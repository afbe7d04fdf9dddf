"""The command that repeats a check, with every option that decides what is judged."""

from __future__ import annotations

import argparse
import shlex

VALUES = {
    "variant": None,
    "case": None,
    "mapping_file": None,
    "require": "nothing",
    "tier": None,
    "seed": 0,
    "seconds": 60.0,
    "memory": 4096,
}
"""Options and what they are if nobody says."""


def rerun(subject: str, asked: argparse.Namespace) -> str:
    """``lenet-verify check`` of one subject; options that were not given stay away."""
    program = "--program " if getattr(asked, "program", None) else ""
    words = [f"lenet-verify check {program}{shlex.quote(subject)}"]
    for name, unsaid in VALUES.items():
        value = getattr(asked, name, unsaid)
        if value is not None and value != unsaid:
            words.append(f"--{name.removesuffix('_file')} {shlex.quote(str(value))}")
    words += [f"--option {shlex.quote(text)}" for text in getattr(asked, "option", None) or ()]
    return " ".join([*words, *(["--reproducible"] if getattr(asked, "reproducible", 0) else [])])
