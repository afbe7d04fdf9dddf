"""Words that say each option of every command, and what a command cannot do without."""

from __future__ import annotations

Words = dict[str, list[str]]
"""By option: the words that say it."""
TENSOR = ["--tensor", "C3.dW"]
OPTION = ["--option", "reg=0.1"]
COMMON: Words = {
    "variant": ["--variant", "modern"],
    "network": ["--network", "mnist28"],
    "tier": ["--tier", "float32"],
    "batch": ["--batch", "4"],
    "regime": ["--regime", "kink-free", "digits"],
    "seed": ["--seed", "5"],
    "option": OPTION,
    "convention": ["--convention", "loss=sum"],
    "data": ["--data", "mine"],
    "weights": ["--weights", "w.npz"],
    "tensor": TENSOR,
    "out": ["--out", "there"],
    "jobs": ["--jobs", "3"],
    "dask": ["--dask", "local"],
    "json": ["--json", "there.json"],
    "junit": ["--junit", "there.xml"],
    "markdown": ["--markdown", "there.md"],
}
OWN: dict[str, Words] = {
    "run": {
        "quick": ["--quick"], "full": ["--full"], "seeds": ["--seeds", "2"],
        "rows": ["--rows", "failing"], "html": ["--html"],
        "format": ["--format", "both"], "resume": ["--resume"], "bounds": ["--bounds"],
    },
    "check": {
        "program": ["--program", "./p {inputs} {outputs}"], "case": ["--case", "golden"],
        "mapping": ["--mapping", "map.toml"], "require": ["--require", "all"],
        "reproducible": ["--reproducible"], "seconds": ["--seconds", "5"],
        "memory": ["--memory", "512"], "table": ["--table", "t.csv"],
        "subject": ["s.py:f", "dump"], "map": ["--map"], "allow": ["--allow", "numpy"],
        "secret": ["--secret", "folder"],
        "key": ["--key", "secret"],
        "entry": ["--entry", "student.py:lenet"], "points": ["--points", "points.toml"],
        "feedback": ["--feedback", "pages"], "expected": ["--expected", "hide"],
        "html": ["--html"],
    },
    "golden": {
        "format": ["--format", "bin"], "c_header": ["--c-header"],
        "inputs_only": ["--inputs-only"], "regime": ["--regime", "signed"],
        "exam": ["--exam"], "key": ["--key", "secret"],
    },
    "faults": {
        "name": ["--name", "a", "b"], "layer": ["--layer", "C3"], "full": ["--full"],
        "levels": ["--levels"], "random": ["--random", "3"], "export": ["--export", "corpus"],
    },
    "evidence": {
        "name": ["--name", "a", "b"], "layer": ["--layer", "C3"], "random": ["--random", "3"],
        "markdown": ["--markdown", "page.md"], "minutes": ["--minutes", "3"],
    },
    "mutants": {
        "judge": ["--judge"], "module": ["--module", "MODULE"], "sample": ["--sample", "3"],
        "tests": ["--tests", "folder"],
    },
    "errata": {"markdown": ["--markdown", "page.md"]},
    "explain": {},
    "describe": {},
    "map": {
        "subject": ["t.py:f"], "program": ["--program", "./p {inputs} {outputs}"],
        "case": ["--case", "golden"], "mapping": ["--mapping", "map.toml"],
        "seconds": ["--seconds", "5"], "memory": ["--memory", "512"],
    },
    "regimes": {"name": ["ties", "probe-map"], "probes": ["--probes"]},
    "diff": {
        "folders": ["before", "after"], "common": ["--common"], "csv": ["--csv", "t.csv"],
        "html": ["--html", "t.html"],
    },
    "networks": {"show": ["--show", "d2l"], "layer": ["--layer", "rbf"]},
    "report": {"folder": ["there"], "title": ["--title", "mine"]},
}  # fmt: skip
"""Beside COMMON: what belongs to one command."""
BASES: dict[str, dict[str, Words]] = {
    "run": {
        "": {},
        "probe": {"regime": ["--regime", "probe-average-pool"], "network": ["--network", "d2l"]},
    },
    "check": {
        "files": {"subject": ["dump"], "variant": ["--variant", "modern"]},
        "callable": {
            "subject": ["s.py:f"], "variant": ["--variant", "modern"], "seed": ["--seed", "1"],
        },
        "program": {
            "program": ["--program", "./q {inputs} {outputs}"],
            "variant": ["--variant", "modern"], "seed": ["--seed", "1"],
        },
        "described": {
            "subject": ["s.py:f"], "network": ["--network", "mine.toml"], "seed": ["--seed", "1"],
        },
        "graded": {
            "subject": ["one", "two"], "entry": ["--entry", "net.py:f"], "seed": ["--seed", "1"],
            "table": ["--table", "g.csv"], "feedback": ["--feedback", "told"],
        },
        "examined": {
            "subject": ["one", "two"], "case": ["--case", "exam"], "table": ["--table", "g.csv"],
        },
        "unsaid files": {"subject": ["dump"]},
        "unsaid callable": {"subject": ["s.py:f"], "seed": ["--seed", "1"]},
    },
    "golden": {
        "": {"variant": ["--variant", "modern"], "out": ["--out", "here"]},
        "described": {"network": ["--network", "mine.toml"], "out": ["--out", "here"]},
    },
    "explain": {"": {"tensor": ["C1.dW"]}},
    "map": {
        "files": {"subject": ["dump"]},
        "callable": {"subject": ["s.py:f"], "variant": ["--variant", "modern"]},
        "program": {
            "program": ["--program", "./q {inputs} {outputs}"],
            "network": ["--network", "mine.toml"],
        },
    },
    "networks": {
        "": {}, "show": {"show": ["--show", "caffe"]}, "layer": {"layer": ["--layer", "affine"]},
    },
}  # fmt: skip
"""What a command cannot do without, in each way of using it; one of the pair replaces it."""
SAME = ("variant", "network")
"""Two ways to say one thing: either replaces the other in a base."""
