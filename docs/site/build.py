"""The documentation as a site: ``python docs/site/build.py [FOLDER]`` (extra: site).

Pages stand where they are read on GitHub; this gathers them, turns links to code into pages that
show the code, and has mkdocs build them, with every warning an error and without a network.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
APART = {"README.md": "index.md", "reports/README.md": "reports.md"}
"""Pages that have another name in the site."""
BESIDE = ("CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")
TITLES = {
    "index.md": "Start",
    "verify-your-own.md": "Verify your own",
    "networks.md": "Any network",
    "pytest.md": "With pytest",
    "conventions.md": "Conventions",
    "derivation.md": "The derivation",
    "tolerance.md": "Tolerances",
    "trust.md": "What a pass means",
    "evidence.md": "What the usual checks find",
    "errata.md": "Errata",
    "command-line.md": "Command line",
    "grading.md": "Grading",
    "python.md": "Python",
    "report-page.md": "The HTML page",
    "ci.md": "Continuous integration",
    "json.md": "JSON",
    "drift.md": "Drift",
    "scale.md": "Many cases and machines",
    "performance.md": "Speed",
    "architecture.md": "Architecture",
    "reports.md": "Reports",
    "CONTRIBUTING.md": "Contributing",
    "SECURITY.md": "Security",
    "CHANGELOG.md": "Changelog",
}
"""Pages in the order of the menu; those that are not here follow."""
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)|!\[([^\]]*)\]\(([^)\s]+)\)")
FENCE = re.compile(r"(^```.*?^```$)", re.DOTALL | re.MULTILINE)
LANGUAGES = {".py": "python", ".toml": "toml", ".c": "c", ".cff": "yaml", ".yml": "yaml"}


@dataclass
class Site:
    """pages: where each page of the repository stands in the site; code: files and folders that a
    page leads to."""

    stage: Path
    pages: dict[str, str]
    code: dict[str, str] = field(default_factory=dict)


def tracked() -> list[str]:
    """Files of the repository, those of version control if there is one."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode == 0 and listed.stdout:
        return listed.stdout.split()
    return [str(p.relative_to(ROOT)) for p in sorted(ROOT.rglob("*")) if p.is_file()]


def sources() -> dict[str, str]:
    """Pages of the repository, and their names in the site."""
    found = {str(p.relative_to(ROOT)): p.name for p in sorted((ROOT / "docs").glob("*.md"))}
    return {**APART, **found, **{name: name for name in BESIDE}}


def led(site: Site, page: str, target: str) -> str:
    """A link of a page, as it is in the site."""
    path, mark, anchor = target.partition("#")
    if not path or re.match(r"[a-z]+:", path):
        return target
    known = str((ROOT / page).parent.joinpath(path).resolve().relative_to(ROOT))
    here = site.pages[page]
    if known in site.pages:
        return f"{site.pages[known]}{mark}{anchor}"
    if known.startswith("docs/pictures/"):
        return known.removeprefix("docs/")
    if not (ROOT / known).exists():
        raise SystemExit(f"{page}: {target} leads nowhere")
    site.code[known] = f"code/{known}/index.md" if (ROOT / known).is_dir() else f"code/{known}.md"
    return "../" * here.count("/") + site.code[known]


def turned(site: Site, page: str, text: str) -> str:
    """A page with its links led through the site; what stands in code is left alone."""

    def one(found: re.Match[str]) -> str:
        words, target = found[1] or found[3] or "", found[2] or found[4]
        return f"{'!' * bool(found[4])}[{words}]({led(site, page, target)})"

    return "".join(p if p.startswith("```") else LINK.sub(one, p) for p in FENCE.split(text))


def shown(known: str) -> str:
    """A file of code as a page."""
    path = ROOT / known
    language = LANGUAGES.get(path.suffix, "text")
    text = path.read_text(encoding="utf-8", errors="replace")
    return f"# {known}\n\n``````{language}\n{text.rstrip()}\n``````\n"


def folder(site: Site, known: str, files: list[str]) -> str:
    """A folder as a list of its files; those that a page leads to are led to."""
    here = Path(site.code[known]).parent
    lines = []
    for file in (f for f in files if f.startswith(f"{known}/")):
        page = site.code.get(file)
        lines.append(f"- [{file}]({os.path.relpath(page, here)})" if page else f"- {file}")
    return "\n".join([f"# {known}", "", *lines, ""])


def gathered(stage: Path) -> Site:
    """All pages, in a folder."""
    site = Site(stage, sources())
    for page, name in site.pages.items():
        text = (ROOT / page).read_text(encoding="utf-8")
        (stage / name).write_text(turned(site, page, text), encoding="utf-8")
    files = tracked()
    for known, name in site.code.items():
        page = folder(site, known, files) if (ROOT / known).is_dir() else shown(known)
        put(stage / name, page)
    shutil.copytree(ROOT / "docs" / "pictures", stage / "pictures",
                    ignore=shutil.ignore_patterns("*.py", "__pycache__"))  # fmt: skip
    shutil.copy(HERE / "site.css", stage / "site.css")
    return site


def put(path: Path, text: str) -> None:
    """A page in a folder of its own making."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def menu(site: Site) -> Iterator[dict[str, str]]:
    """The pages that are read, in order; pages of code are led to, and searched."""
    there = [*site.pages.values()]
    rest = [name for name in there if name not in TITLES]
    for name in [*(name for name in TITLES if name in there), *rest]:
        yield {TITLES.get(name, Path(name).stem.replace("-", " ").capitalize()): name}


def built(out: Path) -> int:
    """Build the site, and say how many pages it has.

    Raises:
        SystemExit: a warning, or a formula that cannot be drawn.
    """
    from mkdocs.commands.build import build
    from mkdocs.config import load_config
    from mkdocs.exceptions import MkDocsException

    with tempfile.TemporaryDirectory() as place:
        site = gathered(Path(place))
        config = load_config(str(HERE / "mkdocs.yml"), docs_dir=place, site_dir=str(out),
                             strict=True, nav=[*menu(site)])  # fmt: skip
        try:
            build(config)
        except MkDocsException as error:
            raise SystemExit(f"the site was not built: {error}") from None
    return len(site.pages) + len(site.code)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    place = Path(sys.argv[1] if len(sys.argv) > 1 else ROOT / "build" / "site")
    print(f"{built(place.resolve())} pages in {place}")
