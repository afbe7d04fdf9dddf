"""The workflow: actions pinned by commit, every job with a time limit, the oldest Python in it."""

from __future__ import annotations

import re
import tomllib

from tests.docs.derivation import ROOT

TEXT = (ROOT / ".github" / "workflows" / "verify.yml").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
PINNED = re.compile(r"(actions/[\w-]+)@([0-9a-f]{40}) # (v\d+\.\d+\.\d+)$")


def test_actions_are_pinned_by_commit_with_their_version() -> None:
    used = re.findall(r"uses: (.*)", TEXT)
    pins = [PINNED.fullmatch(line) for line in used]
    assert used and all(pins), used
    assert len({m.groups() for m in pins if m}) == len({m[1] for m in pins if m})


def test_every_job_ends_by_itself() -> None:
    jobs = re.findall(r"^  (\w+):\n    #", TEXT.partition("\njobs:\n")[2], re.MULTILINE)
    assert jobs == ["gate", "newest", "oldest", "systems", "wheel"]
    assert TEXT.count("timeout-minutes:") == len(jobs)


def test_the_oldest_python_is_the_projects() -> None:
    (versions,) = re.findall(r"python: \[([^]]*)\]", TEXT)
    oldest = PROJECT["requires-python"].removeprefix(">=")
    assert re.findall(r'"([\d.]+)"', versions)[0] == oldest
    assert f'python-version: "{oldest}"' in TEXT


def test_each_dependency_has_a_lower_bound_to_install() -> None:
    assert all(re.fullmatch(r"[\w-]+>=[\d.]+", line) for line in PROJECT["dependencies"])


def test_hooks_are_local() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    assert re.findall(r"repo: (\S+)", hooks) == ["local"]
