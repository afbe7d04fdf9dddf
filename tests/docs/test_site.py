"""The documentation as a site: built offline, warnings are errors, every formula is drawn; and on
every page formulas that Markdown would read first are found."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.derivation import ROOT, fences, inline_math, prose

BUILD = ROOT / "docs" / "site" / "build.py"
PAGES = [*sorted((ROOT / "docs").glob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
WITH_MATHS = [path for path in PAGES if "$" in prose(path.read_text(encoding="utf-8"))]
UNSAFE = re.compile(r"(?<![A-Za-z0-9}])_|\*|\\[^A-Za-z]|<|^\s|\s$")
"""Emphasis, escapes and tags are read before a formula is; so are the separators of a table."""
needs_mkdocs = pytest.mark.skipif(
    not all(map(importlib.util.find_spec, ("mkdocs", "material", "latex2mathml"))),
    reason="the site needs the extra [site]",
)


def broken(text: str) -> list[str]:
    """Formulas of a page that would not be read as they are written."""
    odd = [line for line in prose(text).splitlines() if line.count("$") % 2]
    unsafe = [formula for formula in inline_math(text) if UNSAFE.search(formula)]
    tables = "\n".join(line for line in prose(text).splitlines() if line.startswith("|"))
    unsafe += [formula for formula in inline_math(tables) if "|" in formula]
    every = inline_math(text) + fences(text, "math")
    return odd + unsafe + [each for each in every if each.count("{") != each.count("}")]


@pytest.mark.parametrize("path", WITH_MATHS, ids=lambda path: path.name)
def test_no_formula_is_broken_by_markdown(path: Path) -> None:
    assert broken(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text", ["a $x_{1}", "$a*b*c$", r"$\{x\}$", "| $a|b$ |", "$ x$", "$a<b$", r"$\frac{1}{2$"]
)
def test_one_that_is_broken_is_seen(text: str) -> None:
    assert broken(text)
    assert not broken(r"$x_{1} = \frac{1}{2}$ and `$PATH`")


def built(root: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """The site of a checkout, in a process of its own."""
    command = [sys.executable, str(root / "docs" / "site" / "build.py"), str(out)]
    return subprocess.run(command, capture_output=True, text=True, cwd=out.parent, timeout=300)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "site"
    done = built(ROOT, out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@needs_mkdocs
@pytest.mark.parametrize("path", WITH_MATHS, ids=lambda path: path.name)
def test_every_formula_is_drawn(path: Path, site: Path) -> None:
    name = "index" if path.name == "README.md" else path.stem
    page = (site / f"{name}.html").read_text(encoding="utf-8")
    text = path.read_text(encoding="utf-8")
    assert page.count("<math ") == len(inline_math(text)) + len(fences(text, "math"))
    assert "arithmatex" not in page


@needs_mkdocs
def test_nothing_is_fetched_and_code_is_shown(site: Path) -> None:
    every = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    fetched = re.compile(r'(?:src|<link[^>]*href)="(?:https?:)?//')
    assert [str(path) for path, text in every.items() if fetched.search(text)] == []
    page = every[site / "code" / "lenet_ref" / "layers" / "affine.py.html"]
    assert 'class="highlight"' in page


def copied(place: Path) -> Path:
    """A house of one page, with what builds its site."""
    for name in ("docs/site", "docs/pictures", "reports"):
        (place / name).mkdir(parents=True)
    for name in ("build.py", "mkdocs.yml", "mathml.py", "site.css"):
        (place / "docs" / "site" / name).write_bytes((BUILD.parent / name).read_bytes())
    for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md",
                 "reports/README.md", "docs/tolerance.md"):  # fmt: skip
        (place / name).write_text(f"# {name}\n\nWords.\n")
    for name in ("verify-your-own", "networks", "conventions", "derivation", "errata",
                 "architecture"):  # fmt: skip
        (place / "docs" / f"{name}.md").write_text(f"# {name}\n\n$x_{{1}}$\n")
    return place


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house, which is built as long as its pages have no fault."""
    place = copied(tmp_path_factory.mktemp("right") / "house")
    assert built(place, place.parent / "site").returncode == 0
    return place


@needs_mkdocs
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[code](../nowhere.py)", "leads nowhere"),
        ("[part](derivation.md#no-such-part)", "no-such-part"),
        (r"$x_{1}_{2}$", "no formula: x_{1}_{2}"),
        (r"$\nosuch x$", "not known"),
        ("```math\n\\left( x\n```", "no formula"),
    ],
)
def test_a_page_with_a_fault_ends_the_build(
    text: str, said: str, right: Path, tmp_path: Path
) -> None:
    place = tmp_path / "house"
    shutil.copytree(right, place)
    (place / "docs" / "tolerance.md").write_text(f"# A page\n\n{text}\n")
    done = built(place, tmp_path / "wrong")
    assert done.returncode != 0
    assert said in done.stdout + done.stderr
