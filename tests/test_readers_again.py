"""Input that comes again as it was is known by its bytes, and comes to the same articles."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_readers_crawls import page as pages_of_a_crawl
from test_readers_crawls import record

import reuse
from reuse import readers
from reuse.model import Article, Item, Piece, Problem, Same
from reuse.readers import File, again, page


class Noted(dict[str, bytes]):
    """What earlier scans noted, and how often it was of use."""

    used = 0

    def __call__(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        found = {key: self[key] for key in keys if key in self}
        self.used += len(found)
        return found

    def of(self, items: list[Item]) -> list[Same | Problem]:
        """What was read: articles as they are told again; what is to be noted is."""
        self |= {item.key: item.value for item in items if isinstance(item, Piece)}
        return [
            again.same(item) if isinstance(item, Article) else item
            for item in items
            if not isinstance(item, Piece)
        ]


def lines_of(path: Path, noted: Noted | None) -> list[Same | Problem]:
    file = File(str(path), "news.jsonl", "jsonl", None, "post", 1 << 30)
    return (noted or Noted()).of([*readers.records(file, recall=noted)])


# A line: its id (or none), its text, and whether it is broken.
line = st.tuples(st.sampled_from([None, "a", "b", "7"]), st.integers(0, 40), st.booleans())
versions = st.lists(st.lists(line, min_size=1, max_size=30), min_size=2, max_size=4)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(versions, st.sampled_from([1, 2, 5]))
def test_lines_that_were_read_before_come_to_what_reading_them_gives(
    tmp_path_factory: pytest.TempPathFactory,
    versions: list[list[tuple[str | None, int, bool]]],
    size: int,
) -> None:
    path = tmp_path_factory.mktemp("lines") / "news.jsonl"
    noted = Noted()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(again, "_MOST_LINES", size)
        for lines in versions:
            rows = [
                {"text": f"Ferry number {n} sailed."} | ({"id": key} if key else {})
                for key, n, _ in lines
            ]
            broken = [is_broken and n % 5 == 0 for _, n, is_broken in lines]
            path.write_text(
                "".join(
                    json.dumps(row)[: -1 if cut else None] + "\n"
                    for row, cut in zip(rows, broken, strict=True)
                ),
                "utf-8",
            )
            expected = lines_of(path, None)
            assert lines_of(path, noted) == expected
            assert lines_of(path, noted) == expected


def test_a_line_more_leaves_the_pieces_after_it_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    rows = [json.dumps({"id": f"n{n}", "text": f"Ferry number {n} sailed."}) for n in range(2000)]
    noted = Noted()
    path.write_text("\n".join(rows), "utf-8")
    first = lines_of(path, noted)
    pieces = len(noted)
    path.write_text("\n".join(['{"id": "new", "text": "A bridge."}', *rows, rows[3]]), "utf-8")
    second = lines_of(path, noted)
    assert second[1 : len(first) + 1] == first
    assert noted.used >= pieces - 2


def test_a_file_is_parsed_once_until_its_bytes_or_its_outlet_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    of_page = page.of_page

    def counting(text: str) -> dict[str, object] | None:
        parsed.append(text)
        return of_page(text)

    monkeypatch.setattr(page, "of_page", counting)
    file = tmp_path / "post" / "ferry.html"
    file.parent.mkdir()
    body = "<html><body><p>" + "The ferry will run until the end of the year. " * 9 + "</p></body>"
    file.write_text(body, "utf-8")
    noted = Noted()

    def read(outlet: str | None = None) -> list[Same | Problem]:
        return noted.of([*readers.read([str(tmp_path)], recall=noted, outlet=outlet)])

    (first,) = read()
    assert read() == [first]
    assert len(parsed) == 1
    file.write_text(body.replace("year", "week"), "utf-8")
    assert read() != [first]
    file.rename(tmp_path / "ferry.html")
    read(outlet="Herald")
    read(outlet="Post")
    assert len(parsed) == 4


def test_a_page_of_a_crawl_is_parsed_once_wherever_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[str] = []
    of_page = page.of_page

    def counting(text: str) -> dict[str, object] | None:
        parsed.append(text)
        return of_page(text)

    monkeypatch.setattr(page, "of_page", counting)
    noted = Noted()

    def read(name: str, pages: dict[str, bytes]) -> list[Same | Problem]:
        path = tmp_path / name
        if name.endswith("zip"):
            with ZipFile(path, "w") as archive:
                for address, body in pages.items():
                    archive.writestr(f"{address}.html", body)
        else:
            path.write_bytes(
                b"".join(record(body, f"https://a.example/{at}") for at, body in pages.items())
            )
        file = File(str(path), name, name.rpartition(".")[2], None, "post", path.stat().st_size)
        fresh = Noted().of([*readers.records(file, recall=Noted())])
        parsed.clear()
        found = noted.of([*readers.records(file, recall=noted)])
        assert found == fresh
        return found

    pages = {f"p{n}": pages_of_a_crawl(n) for n in range(4)}
    for name in ("crawl.warc", "crawl.zip"):
        assert sum(isinstance(one, Same) for one in read(name, pages)) == 4
        assert len(parsed) == 4
        more = {"p9": pages_of_a_crawl(9)} | pages
        assert sum(isinstance(one, Same) for one in read(name, more)) == 5
        assert len(parsed) == 1


def test_what_was_left_out_for_its_day_is_read_when_it_is_asked_for(tmp_path: Path) -> None:
    folder, db = tmp_path / "in", tmp_path / "x.db"
    folder.mkdir()
    for day in (3, 4):
        text = f"---\ndate: 2025-06-0{day}\n---\nThe ferry sailed {day} times on this day.\n"
        (folder / f"{day}.md").write_text(text, "utf-8")
    assert reuse.scan(folder, db, since="2025-06-04").counts["articles"] == 1
    assert reuse.scan(folder, db).counts["articles"] == 2
    (folder / "3.md").unlink()
    assert reuse.scan(folder, db).counts["articles"] == 1


def test_input_with_something_to_be_said_is_told_of_by_every_scan(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jsonl").write_text(
        '{"text": "The ferry sailed."}\n{"text": "It came back.", "date": "no day"}\n', "utf-8"
    )
    first, second = (reuse.scan(tmp_path / "in", tmp_path / "x.db").problems for _ in range(2))
    assert [problem.reason for problem in first] == ["no date in 'no day': left unknown"]
    assert second == first
