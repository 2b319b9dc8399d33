"""What the documentation says is what the program does."""

from __future__ import annotations

import json
import re
import runpy
import shlex
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from benchmarks import table
from reuse.cli import main

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
TUTORIAL = DOCS / "tutorial.md"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def anchors(page: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.+)$", re.sub(BLOCK, "", page), re.M)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in LINK.findall(re.sub(BLOCK, "", page.read_text("utf-8"))):
        if link.startswith("https://"):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text("utf-8"))):
            broken.append(link)
    assert broken == []


def test_every_page_is_reached_from_the_index() -> None:
    seen: set[Path] = set()
    todo = [DOCS / "index.md"]
    while todo:
        page = todo.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        links = (link.partition("#")[0] for link in LINK.findall(page.read_text("utf-8")))
        todo += [(page.parent / link).resolve() for link in links if link and "://" not in link]
    assert set(DOCS.rglob("*.md")) - seen == set()


@pytest.mark.parametrize("name", ["commands", "settings"])
def test_a_page_made_from_the_code_is_current(name: str) -> None:
    made = runpy.run_path(str(DOCS / f"{name}.py"))["page"]()
    assert (DOCS / "reference" / f"{name}.md").read_text("utf-8") == made, (
        f"run: python docs/{name}.py"
    )


def test_the_readme_names_the_values_of_the_settings() -> None:
    made = runpy.run_path(str(DOCS / "settings.py"))["readme"]()
    assert "`shingle` = " in made
    assert (ROOT / "README.md").read_text("utf-8") == made, "run: python docs/settings.py"


def test_the_figures_of_the_readme_are_those_of_the_results() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert readme == table.written(readme, table.section()), "run: python benchmarks/table.py"


def test_the_figures_come_from_the_files(tmp_path: Path) -> None:
    reuse = {"recall": 0.25, "precision": 0.5}
    line = {
        "articles": 1000,
        "program": "reuse only",
        "articles_per_second": 2000.4,
        "times_wc": 11.6,
        "peak_gb": 0.314,
        "reuse": reuse,
        "quotes": None,
    }
    machine = {"cores": 2, "cpu": "Z80", "memory_gb": 8.0, "python": "3.11.7", "load": 0.5}
    run = {"corpus": {"seed": 1}, "machine": machine, "lines": [line], "notes": ["a note"]}
    results = tmp_path / "benchmarks" / "results"
    results.mkdir(parents=True)
    (results / "run-reuse-1000.json").write_text(json.dumps(run), "utf-8")
    made = table.section(tmp_path)
    assert "| 1,000 | the search for reuse alone, one core | 0.250 | 0.500 | – | – |" in made
    assert "| 2,000 | 12 | 0.31 |" in made
    assert "- a note" in made


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_no_page_was_left_in_the_middle_of_a_merge(page: Path) -> None:
    assert not re.search(r"^(<{7}|={7}|>{7})( |$)", page.read_text("utf-8"), re.M)


def test_no_page_names_a_machine() -> None:
    found = [
        (named(page), word)
        for page in PAGES
        for word in re.findall(
            r"/(?:home|root|work|Users|tmp)/[\w.]+|(?:\d{1,3}\.){3}\d{1,3}:\d+",
            page.read_text("utf-8"),
        )
    ]
    assert found == []


# --- the database --------------------------------------------------------------------------------


def test_the_database_page_has_every_table_view_and_column_in_order() -> None:
    db = sqlite3.connect(":memory:")
    for name in ("schema.sql", "views.sql"):
        db.executescript((files("reuse") / name).read_text("utf-8"))
    held = {
        name: [column for (_, column, *_) in db.execute(f"PRAGMA table_info({name})")]
        for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
            " AND name NOT LIKE 'sqlite_%'"
        )
    }
    page = (DOCS / "reference" / "database.md").read_text("utf-8")
    told = {
        section.partition("`")[0]: re.findall(r"^\| `(\w+)` \|", section, re.M)
        for section in page.split("\n### `")[1:]
    }
    assert told == held


# --- commands ------------------------------------------------------------------------------------


def commands(page: Path) -> list[str]:
    """The lines of a page's `sh`, `console` and indented blocks that run `reuse`."""
    text = page.read_text("utf-8")
    # What stands behind an indented command, two spaces away, is said about it.
    found = [
        part.strip().partition("  ")[0]
        for line in re.findall(r"^    (\S.*)$", re.sub(BLOCK, "", text), re.M)
        for part in line.split(" | ")
        if is_ours(part) and " [OPTIONS]" not in part
    ]
    for language, block in BLOCK.findall(text):
        if language not in ("sh", "console"):
            continue
        for line in block.replace("\\\n", " ").splitlines():
            line = line.removeprefix("$ ").strip()
            found += [part.strip() for part in line.split(" | ") if is_ours(part)]
    return found


def is_ours(part: str) -> bool:
    return part.strip().removeprefix(".venv/bin/").startswith("reuse ")


def words_of(line: str) -> list[str]:
    """What the shell would hand to `reuse`: redirections and comments are the shell's."""
    words = shlex.split(line.partition(" >")[0], comments=True)
    return words[1:]


def parsed(words: list[str]) -> None:
    """Raise what click raises when it does not know an option, a command or a value."""
    command: click.Command = main
    context = click.Context(main, info_name="reuse")
    while isinstance(command, click.Group):
        if not words and command.invoke_without_command:
            return
        own = command.make_context(context.info_name, list(words), resilient_parsing=False)
        rest = [*own._protected_args, *own.args] if hasattr(own, "_protected_args") else own.args
        if not rest:
            return
        name, found, words = command.resolve_command(own, rest)
        assert found is not None
        command, context = found, click.Context(found, info_name=name, parent=own)
    command.make_context(context.info_name, list(words), parent=context.parent)


WRITTEN = [(named(page), line) for page in PAGES for line in commands(page)]


@pytest.mark.parametrize(("page", "line"), WRITTEN)
def test_a_command_in_the_docs_is_one(
    page: str, line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("house.yaml", "ignore.txt", "decisions.jsonl", "draft.md"):
        (tmp_path / name).write_text("", "utf-8")
    monkeypatch.chdir(tmp_path)
    parsed(words_of(line))


def test_the_docs_have_commands() -> None:
    assert len(WRITTEN) > 40
    assert {words_of(line)[0] for _, line in WRITTEN} == set(main.commands)


# --- what the pages show --------------------------------------------------------------------------


def steps(page: Path) -> Iterator[tuple[str, str]]:
    """A page's commands that are shown with their output, and that output."""
    for _, block in BLOCK.findall(page.read_text("utf-8")):
        if block.startswith("$ "):
            for step in re.split(r"^\$ ", block, flags=re.M)[1:]:
                line, _, output = step.replace("\\\n", " ").partition("\n")
                yield line, output


def shown(output: str) -> re.Pattern[str]:
    """What a page shows of an output: a line of `…` stands for any lines or none, and `…` in a line
    for any words."""
    lines = (
        r"(?:.*\n)*?" if line == "…" else ".*".join(map(re.escape, line.split("…"))) + r"\n"
        for line in output.splitlines()
    )
    return re.compile("".join(lines))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with corpus/ and the files that the tutorial tells a reader to write."""
    path = tmp_path_factory.mktemp("docs")
    (path / "corpus").symlink_to(ROOT / "corpus")
    for name, text in drafts():
        (path / name).write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("page", [TUTORIAL, ROOT / "README.md"], ids=named)
def test_commands_print_what_the_page_shows(
    page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    wrong: list[tuple[str, str, str]] = []
    for line, output in steps(page):
        if line.startswith("sqlite3 "):
            _, path, query = shlex.split(line)
            with closing(sqlite3.connect(path)) as db:
                rows = [
                    ["" if cell is None else str(cell) for cell in row] for row in db.execute(query)
                ]
            got = "".join("|".join(row) + "\n" for row in rows)
        else:
            result = CliRunner().invoke(main, words_of(line), catch_exceptions=False)
            assert result.exit_code in (0, 1), result.output
            got = result.output
        if not shown(output.rstrip() + "\n").fullmatch(got.rstrip() + "\n"):
            wrong.append((line, output, got))
    assert wrong == []
    assert list(steps(page))


def drafts() -> Iterator[tuple[str, str]]:
    """The files that the tutorial tells a reader to write."""
    for _, block in BLOCK.findall(TUTORIAL.read_text("utf-8")):
        first, _, rest = block.partition("\n")
        if first.startswith("<!-- ") and first.endswith(" -->"):
            yield first[5:-4], rest
