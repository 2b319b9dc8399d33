"""Readers of what must be read from its end: Parquet tables and zip archives."""

from __future__ import annotations

import gzip
import io
import json
import os
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reuse import readers
from reuse.model import Article, Problem
from reuse.readers import read, under

TEXT = "The harbour board will keep the old ferry for another year, its chair said on Tuesday."


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, so that paths are given as somebody types them."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(
    name: str, content: bytes, *, outlet: str | None = None, max_article: int = 10_000_000
) -> tuple[list[Article], list[Problem]]:
    """The articles and problems of a file of this name and content."""
    Path(name).write_bytes(content)
    pieces = [*read([name], outlet=outlet, max_article=max_article)]
    return (
        [one for one in pieces if isinstance(one, Article)],
        [one for one in pieces if isinstance(one, Problem)],
    )


def parquet(columns: dict[str, object], *, rows: int | None = None) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, row_group_size=rows, compression="none")
    return out.getvalue()


def archive(files: Mapping[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return out.getvalue()


# --- Parquet --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.parquet", "a.parquet.gz"])
def test_a_row_is_an_article(name: str) -> None:
    table = parquet(
        {
            "doc_id": [7],
            "body": [TEXT],
            "publisher": ["The Herald"],
            "headline": ["Ferry stays"],
            "authors": [["Jo Bee", "Al Cee"]],
            "published_at": [datetime(2024, 5, 3, 8, tzinfo=UTC)],
            "lang": ["en"],
            "embedding": [[0.5, 0.25]],
        }
    )
    articles, problems = found(name, gzip.compress(table) if name.endswith("gz") else table)
    assert problems == []
    assert articles == [
        Article(
            source=f"{name}#7", text=TEXT, outlet="The Herald", title="Ferry stays",
            byline="Jo Bee, Al Cee", published="2024-05-03T08:00:00Z", language="en",
        )
    ]  # fmt: skip


BERLIN = pa.timestamp("ns", "Europe/Berlin")


@pytest.mark.parametrize(
    ("column", "published"),
    [
        ([date(2024, 5, 3)], "2024-05-03"),
        (["2024-05"], "2024-05"),
        ([datetime(2024, 5, 3, 10, 30)], "2024-05-03T10:30:00"),
        ([datetime(2024, 5, 3)], "2024-05-03"),
        (pa.array([datetime(2024, 5, 3, 8, tzinfo=UTC)], BERLIN), "2024-05-03T08:00:00Z"),
        (pa.array([1714723200123456789], pa.timestamp("ns")), "2024-05-03T08:00:00.123456"),
        (pa.array([1714723200], pa.int64()), "2024-05-03T08:00:00Z"),
        (pa.array([1 << 50], pa.timestamp("ms")), None),
        (pa.array([None], pa.timestamp("s")), None),
    ],
)
def test_a_date_keeps_the_precision_that_its_column_has(
    column: object, published: str | None
) -> None:
    (one,), _ = found("a.parquet", parquet({"text": [TEXT], "date": column}))
    assert one.published == published


def test_bytes_that_should_be_text_are_read_and_noted() -> None:
    table = parquet({"text": [TEXT, "xxxx and yyyy"]}).replace(b"xxxx", b"Caf\xe9")
    articles, (noted,) = found("a.parquet", table)
    assert [one.text for one in articles] == [TEXT, "Café and yyyy"]
    assert (noted.level, noted.place) == ("noted", "row 2")


def test_a_row_without_an_article_costs_only_itself() -> None:
    table = parquet({"text": [TEXT, None, "…", "x" * 2000, "Words after."]})
    articles, problems = found("a.parquet", table, max_article=1000)
    assert [one.source for one in articles] == ["a.parquet#1", "a.parquet#5"]
    assert [(one.place, one.reason) for one in problems] == [
        ("row 2", "no text"),
        ("row 3", "no words in it"),
        ("row 4", "2,000 characters are over the limit of 1,000"),
    ]


def test_a_broken_row_group_costs_only_itself() -> None:
    rows = [f"Words of row {n}." for n in range(1, 10)]
    table = bytearray(parquet({"text": rows}, rows=3))
    start = pq.ParquetFile(io.BytesIO(bytes(table))).metadata.row_group(1).column(0)
    begin = start.dictionary_page_offset or start.data_page_offset
    table[begin : begin + 20] = b"\xff" * 20
    articles, (problem,) = found("a.parquet", bytes(table))
    assert [one.text for one in articles] == rows[:3] + rows[6:]
    assert [one.source for one in articles][3] == "a.parquet#7"
    assert problem.place == "rows 4 to 6"
    assert problem.reason.startswith("broken Parquet: ")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty file"),
        (b"PAR1 is what it begins with", "no Parquet table: "),
        (parquet({"text": [TEXT]})[:-9], "no Parquet table: "),
        (parquet({"title": ["a"]}), "no column for the text among its columns: title"),
        (parquet({"text": pa.array([], pa.string())}), "no rows"),
        (parquet({"text": ["a b" * 100_000] * 300}), "taken for a bomb"),
    ],
    ids=["empty", "other", "cut", "columns", "rows", "bomb"],
)
def test_a_table_without_an_article_says_why(content: bytes, reason: str) -> None:
    articles, (problem,) = found("a.parquet", content)
    assert articles == [] or "bomb" in reason
    assert reason in problem.reason


# --- zip ------------------------------------------------------------------------------------------


def test_what_lies_in_an_archive_is_read_as_if_it_lay_in_a_folder() -> None:
    files: dict[str, bytes | str] = {
        "herald/a.txt": TEXT,
        "herald/2024/b.jsonl": json.dumps({"id": "x", "text": TEXT}),
        "post/c.jsonl.gz": gzip.compress(json.dumps({"text": TEXT}).encode()),
        "post/d.parquet": parquet({"text": [TEXT]}),
        "e.txt": TEXT,
        "notes.doc": "no article",
        ".hidden/f.txt": TEXT,
        "__MACOSX/herald/a.txt": TEXT,
    }
    articles, problems = found("news.zip", archive(files))
    assert {one.source: one.outlet for one in articles} == {
        "news.zip#herald/a.txt": "herald",
        "news.zip#herald/2024/b.jsonl#x": "herald",
        "news.zip#post/c.jsonl.gz#1": "post",
        "news.zip#post/d.parquet#1": "post",
        "news.zip#e.txt": None,
    }
    assert problems == [
        Problem("news.zip", "", "files that no reader knows: .doc (1)", "noted")
    ]  # fmt: skip
    assert all(under(["news.zip"])(one.source) for one in articles)


@pytest.mark.parametrize(
    ("name", "said", "outlet"),
    [
        ("news.zip", None, "news-2024"),
        ("news-2024.zip", None, "herald"),
        ("news.zip", "Said", "Said"),
    ],
)
def test_a_folder_named_as_the_archive_is_the_archive(
    name: str, said: str | None, outlet: str
) -> None:
    (one,), _ = found(name, archive({"news-2024/herald/a.txt": TEXT}), outlet=said)
    assert one.outlet == outlet


def test_reuseignore_holds_in_an_archive() -> None:
    files = {"c/.reuseignore": "/gold.json\ndrafts/\n", "c/gold.json": "{}", "c/a.txt": TEXT}
    articles, problems = found("c.zip", archive(files | {"c/drafts/x.txt": TEXT}))
    assert ([one.source for one in articles], problems) == (["c.zip#c/a.txt"], [])


def test_an_archive_comes_on_standard_input() -> None:
    packed = io.BytesIO(archive({"herald/a.txt": TEXT}))
    (one,) = read(["-"], stdin=packed, format="zip")
    assert isinstance(one, Article)
    assert (one.source, one.outlet) == ("-#herald/a.txt", "herald")


def encrypted() -> bytes:
    """An archive whose first file says that it is encrypted."""
    packed = bytearray(archive({"a.txt": TEXT, "b.txt": TEXT}))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(signature) + flags] |= 1
    return bytes(packed)


def broken() -> bytes:
    packed = archive({"a.txt": TEXT, "b.txt": TEXT}, zipfile.ZIP_STORED)
    return packed.replace(TEXT.encode(), TEXT.upper().encode(), 1)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (encrypted(), "encrypted"),
        (broken(), "Bad CRC-32"),
        (archive({"a.txt": "", "b.txt": TEXT}), "empty file"),
        (archive({"a.txt": b"%PDF-1.7", "b.txt": TEXT}), "not text: PDF"),
        (archive({"a.txt": "x" * 2000, "b.txt": TEXT}), "over the limit of 1,000 bytes"),
        (archive({"a.zip": archive({"a.txt": TEXT}), "b.txt": TEXT}), "unpack it first"),
    ],
)
def test_a_broken_file_in_an_archive_costs_only_itself(content: bytes, reason: str) -> None:
    articles, (problem,) = found("x.zip", content, max_article=1000)
    assert [one.source for one in articles] == ["x.zip#b.txt"]
    assert problem.source in ("x.zip#a.txt", "x.zip#a.zip")
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty file"),
        (b"no archive", "no zip archive: File is not a zip file"),
        (archive({"a.txt": TEXT})[:60], "no zip archive: File is not a zip file"),
        (archive({}), "an archive without articles"),
        (archive({"a.doc": "x"}), "an archive without articles"),
    ],
)
def test_an_archive_without_articles_says_why(content: bytes, reason: str) -> None:
    articles, problems = found("x.zip", content)
    assert (articles, problems[-1].reason) == ([], reason)


def test_an_archive_that_is_a_bomb_is_not_unpacked() -> None:
    lines = b'{"text": "%s"}\n' % (b"Some words. " * (1 << 16)) * 32
    files: dict[str, bytes | str] = {f"{n}.jsonl": lines for n in range(8)}
    packed = archive(files)
    assert len(packed) * 200 < len(lines) * 8
    _, problems = found("x.zip", packed)
    (bomb,) = (one for one in problems if "taken for a bomb" in one.reason)
    assert bomb.level == "skipped"
    # Some file of 25 MB passes the limit of the archive, and the rest is not opened.
    assert "x.zip#2.jsonl" <= bomb.source == problems[-1].source < "x.zip#5.jsonl"


def test_names_in_an_archive_lead_nowhere() -> None:
    Path("a.txt").write_text("Outside.")
    articles, _ = found("x.zip", archive({"../a.txt": TEXT, "/etc/passwd.txt": TEXT}))
    assert {one.text for one in articles} == {TEXT}
    assert sorted(os.listdir(".")) == ["a.txt", "x.zip"]


@pytest.mark.parametrize("format", ["parquet", "warc"])
def test_a_missing_library_names_the_extra(format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name="thelibrary")

    readers._reader.cache_clear()
    monkeypatch.setattr(readers, "import_module", missing)
    try:
        _, (problem,) = found(f"a.{format}", b"x")
    finally:
        readers._reader.cache_clear()
    extra = f"pip install 'reuse-news[{format}]'"
    assert problem.reason == f"reading .{format} needs thelibrary: {extra}"


@pytest.mark.parametrize(
    ("format", "compression", "is_long"),
    [("txt", None, False), ("jsonl", "gz", True), ("zip", None, True), ("parquet", None, True)],
)
def test_what_is_packed_is_long_before_it_looks_so(
    format: str, compression: str | None, is_long: bool
) -> None:
    file = readers.File(f"a.{format}", "a", format, compression, size=1_000_000)
    assert readers._is_long(file) == is_long
