"""Every reader on real files: what comes out of each, and what each trouble costs."""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import random
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from reuse import readers
from reuse.engines.local import Local
from reuse.model import Article, Problem
from reuse.readers import File, files, formats, read, records, under

PROSE = (
    "The harbour board will keep the old ferry for another year, its chair said on Tuesday.\n\n"
    "“She has never missed a tide,” Ines Calder told the meeting. “Nor will she now.”\n"
)


def articles(*paths: str, outlet: str | None = None, format: str | None = None) -> list[Article]:
    found = read(paths, outlet=outlet, format=format)
    return [one for one in found if isinstance(one, Article)]


def problems(*paths: str) -> list[Problem]:
    return [one for one in read(paths) if isinstance(one, Problem)]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder to work in, so that paths are given as somebody types them."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(path: str, content: str | bytes) -> str:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_files_that_are_read_elsewhere_give_the_same_in_the_same_order(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "_BATCH_FILES", 3)
    monkeypatch.setattr(readers, "_LONG", 4_000)
    for n in range(8):
        put(f"c/{n}.txt", PROSE * (n + 1))
        put(f"c/{n}.jsonl", '{"text": "Some words."}\n{broken\n' * 30 * n)
    put("c/x.html", f"<html><body><article><p>{PROSE}</p></article></body></html>")
    put("c/y.csv.gz", gzip.compress(b"id,text\n1,Some words\n" + b"2,x\n" * 300))
    with Local(workers=2) as engine:
        elsewhere = list(read(["c", "nowhere"], map=engine.map))
    assert elsewhere == list(read(["c", "nowhere"]))
    assert len(elsewhere) > 400


# --- which files, and whose they are -------------------------------------------------------------


def test_the_folder_below_the_scanned_one_is_the_outlet(here: Path) -> None:
    for path in ("c/herald/a.txt", "c/herald/2024/05/b.txt", "c/post/c.txt", "c/d.txt"):
        put(path, f"Some words for {path}.")
    found = {one.source: one.outlet for one in articles("c")}
    assert found == {
        "c/herald/a.txt": "herald",
        "c/herald/2024/05/b.txt": "herald",
        "c/post/c.txt": "post",
        "c/d.txt": None,
    }


@pytest.mark.parametrize(
    ("path", "content", "outlet"),
    [
        ("c/herald/a.txt", "Some words.", "herald"),
        ("c/a.txt", "Some words.", "Said"),
        ("c/herald/a.md", "---\noutlet: The Post\n---\nSome words.", "The Post"),
        ("c/herald/a.jsonl", '{"text": "Some words.", "publisher": "The Post"}', "The Post"),
        ("c/herald/a.jsonl", '{"text": "Some words.", "outlet": ""}', "herald"),
        ("c/a.csv", "text,outlet\nSome words.,\n", "Said"),
    ],
)
def test_an_outlet_comes_from_the_record_then_the_folder_then_the_command(
    here: Path, path: str, content: str, outlet: str | None
) -> None:
    put(path, content)
    assert [one.outlet for one in articles("c", outlet="Said")] == [outlet]


def test_a_file_named_on_the_command_line_has_no_outlet_unless_said(here: Path) -> None:
    put("c/herald/a.txt", "Some words.")
    assert articles("c/herald/a.txt")[0].outlet is None
    assert articles("c/herald/a.txt", outlet="Herald")[0].outlet == "Herald"
    assert articles("c/herald")[0].outlet is None


@pytest.mark.parametrize("path", ["c", "c/", "./c", "c//", "c/../c"])
def test_a_source_is_the_path_as_given(here: Path, path: str) -> None:
    put("c/herald/a.txt", "Some words.")
    (one,) = articles(path)
    assert one.source == os.path.join(path, "herald/a.txt")
    assert one.outlet == "herald"


def test_the_order_is_that_of_names_and_not_of_arguments(here: Path) -> None:
    for name in ("b/2.txt", "b/10.txt", "a/x.txt", "c.txt", "a/sub/y.txt", "a/sub-z.txt"):
        put(f"c/{name}", f"Words of {name}.")
    once = [one.source for one in articles("c/b", "c/a", "c/c.txt")]
    assert once == [one.source for one in articles("c/c.txt", "c/a", "c/b")]
    assert [one.source for one in articles("c")] == [
        "c/c.txt",
        "c/a/sub-z.txt",
        "c/a/x.txt",
        "c/a/sub/y.txt",
        "c/b/10.txt",
        "c/b/2.txt",
    ]


def test_a_glob_names_files(here: Path) -> None:
    put("c/a.txt", "Words a.")
    put("c/b.txt", "Words b.")
    put("c/sub/d.txt", "Words d.")
    assert [one.source for one in articles("c/*.txt")] == ["c/a.txt", "c/b.txt"]
    assert [one.source for one in articles("c/**/d.txt")] == ["c/sub/d.txt"]
    assert [one.reason for one in problems("c/*.foo")] == ["matches no file"]
    put("c/[1].txt", "A name that is no pattern.")
    assert [one.source for one in articles("c/[1].txt")] == ["c/[1].txt"]


@pytest.mark.parametrize(
    "paths",
    [["c", "c"], ["c", "c/a/x.txt"], ["c/a/x.txt", "c"], ["c", "c/a"], ["c/a", "c"], ["c", "./c"]],
)
def test_the_same_file_reached_twice_is_kept_once_and_noted(here: Path, paths: list[str]) -> None:
    put("c/a/x.txt", "Some words.")
    assert [(one.source, one.outlet) for one in articles(*paths)] == [("c/a/x.txt", "a")] or (
        [one.source for one in articles(*paths)] == ["./c/a/x.txt"]
    )
    assert [one.level for one in problems(*paths)] == ["noted"] or paths == ["c", "c"]


def test_a_link_to_a_file_is_the_file_it_leads_to(here: Path) -> None:
    put("c/post/z.txt", "Some words.")
    os.symlink("post/z.txt", "c/a-link.txt")
    Path("c/herald").mkdir()
    os.link("c/post/z.txt", "c/post/zz.txt")
    assert [one.source for one in articles("c")] == ["c/post/z.txt"]
    assert [(one.source, one.level) for one in problems("c")] == [
        ("c/post/zz.txt", "noted"),
        ("c/a-link.txt", "noted"),
    ]


def test_a_loop_of_links_ends(here: Path) -> None:
    put("c/a/x.txt", "Some words.")
    os.symlink("..", "c/a/up")
    os.symlink(".", "c/a/here")
    os.symlink("self.txt", "c/a/self.txt")
    os.symlink("nowhere.txt", "c/a/dead.txt")
    assert [one.source for one in articles("c")] == ["c/a/x.txt"]
    assert {(one.source, one.level) for one in problems("c")} == {
        ("c/a/up", "noted"),
        ("c/a/here", "noted"),
        ("c/a/self.txt", "skipped"),
        ("c/a/dead.txt", "skipped"),
    }


def test_a_linked_folder_outside_is_read_under_the_name_of_the_link(here: Path) -> None:
    put("elsewhere/x.txt", "Some words.")
    Path("c").mkdir()
    os.symlink("../elsewhere", "c/herald")
    assert [(one.source, one.outlet) for one in articles("c")] == [("c/herald/x.txt", "herald")]


def test_hidden_files_are_passed_over_and_unknown_suffixes_counted(here: Path) -> None:
    for name in (".hidden.txt", ".git/x.txt", "a.txt", "photo.jpg", "2.jpg", "LICENSE"):
        put(f"c/{name}", f"Words in {name}.")
    assert [one.source for one in articles("c")] == ["c/a.txt"]
    (noted,) = problems("c")
    assert (noted.level, noted.source) == ("noted", "c")
    assert noted.reason.endswith(".jpg (2), without a suffix (1)")


def test_reuseignore_leaves_out_what_it_lists_below_its_folder(here: Path) -> None:
    for name in (
        "gold.json",
        "README.md",
        "a/gold.json",
        "a/drafts/x.txt",
        "a/keep.txt",
        "b/x.txt",
    ):
        put(f"c/{name}", '{"text": "Words of a file."}')
    put("c/.reuseignore", "# not articles\n/gold.json\nREADME.md\ndrafts/\n")
    put("c/b/.reuseignore", "*.txt\n")
    assert [one.source for one in articles("c")] == ["c/a/gold.json", "c/a/keep.txt"]
    assert problems("c") == []
    # what is named is meant
    assert [one.source for one in articles("c/gold.json")] == ["c/gold.json"]


def test_a_format_that_is_said_holds_for_every_file(here: Path) -> None:
    put("c/a.story", "Some words.")
    put("c/b.html", "<p>Some words.")
    found = {one.source: one.text for one in articles("c", format="txt")}
    assert found == {"c/a.story": "Some words.", "c/b.html": "<p>Some words."}


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("nothing", "there is no such file or folder"),
        ("empty", "a folder without articles"),
        ("pictures", "a folder without articles"),
        ("pictures/a.jpg", "no reader for .jpg (say what it is with --format)"),
        ("noname", "no reader for a file without a suffix (say what it is with --format)"),
        ("pipe.txt", "a pipe, not a file"),
        ("socket.txt", "a socket, not a file"),
        ("/dev/null", "a device, not a file"),
        ("-", "say with --format what comes on standard input"),
    ],
)
def test_what_cannot_be_read_is_named(here: Path, path: str, reason: str) -> None:
    Path("empty").mkdir()
    put("pictures/a.jpg", b"\xff\xd8\xff")
    put("noname", "Some words.")
    os.mkfifo("pipe.txt")
    bound = socket.socket(socket.AF_UNIX)
    bound.bind("socket.txt")
    bound.close()
    assert articles(path) == []
    assert [(one.source, one.reason) for one in problems(path) if one.level == "skipped"] == [
        (path, reason)
    ]


@contextmanager
def nobody() -> Iterator[None]:
    """As a user whom permissions bind: root reads everything."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(user)


def test_what_may_not_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    # Not below tmp_path, into which nobody but its owner may look.
    with nobody(), tempfile.TemporaryDirectory() as folder:
        monkeypatch.chdir(folder)
        put("c/a.txt", "Some words.")
        put("c/b.txt", "Other words.")
        os.chmod("c/a.txt", 0)
        put("c/closed/x.txt", "Closed words.")
        os.chmod("c/closed", 0)
        assert [one.source for one in articles("c")] == ["c/b.txt"]
        assert {one.source for one in problems("c")} == {"c/a.txt", "c/closed"}
        os.chmod("c/closed", 0o700)
    monkeypatch.undo()  # As oneself again: nobody may not go back to where the tests run.


def test_a_file_that_goes_between_the_walk_and_the_reading_is_a_problem(here: Path) -> None:
    put("a.txt", "Some words.")
    (found,) = files(["a.txt"])
    assert isinstance(found, File)
    os.unlink("a.txt")
    assert [type(one) for one in records(found)] == [Problem]
    os.mkfifo("a.txt")
    assert [one.reason for one in records(found) if isinstance(one, Problem)] == [
        "cannot be read: not a file any more"
    ]


def test_a_name_that_is_not_utf8_can_be_stored(here: Path) -> None:
    try:
        Path(os.fsdecode(b"caf\xe9.txt")).write_text("Some words.")
    except OSError:
        pytest.skip("this file system takes no such name")
    (one,) = articles(".")
    assert one.source == "./caf\\xe9.txt"
    assert one.source.encode()


@pytest.fixture
def deep(here: Path) -> Iterator[str]:
    """A folder in a folder until no path is long enough to name it; taken down step by step."""
    levels = 700
    for _ in range(levels):
        os.mkdir("deeper")
        os.chdir("deeper")
    os.chdir(here)
    yield "deeper"
    os.chdir(here)
    for _ in range(levels):
        os.chdir("deeper")
    for _ in range(levels):
        os.chdir("..")
        os.rmdir("deeper")


def test_a_folder_deeper_than_a_path_may_be_is_only_a_problem(deep: str) -> None:
    (problem,) = problems(deep)
    assert problem.reason == "cannot be read: file name too long"


def test_standard_input_is_read_in_the_format_that_is_said() -> None:
    given = io.BytesIO(b'{"id": "a", "text": "Some words."}\n{"text": "Other words."}\n')
    found = list(read(["-"], stdin=given, format="jsonl", outlet="Herald"))
    assert [(one.source, one.outlet) for one in found if isinstance(one, Article)] == [
        ("-#a", "Herald"),
        ("-#2", "Herald"),
    ]
    assert not given.closed
    packed = io.BytesIO(gzip.compress(b"Some words."))
    (only,) = read(["-"], stdin=packed, format="txt.gz")
    assert isinstance(only, Article)
    assert only.text == "Some words."


def test_strict_stops_at_the_first_that_is_skipped(here: Path) -> None:
    put("c/a.txt", "Some words.")
    put("c/b.txt", "")
    put("c/c.txt", "Other words.")
    found = list(read(["c"], strict=True))
    assert [type(one) for one in found] == [Article, Problem]


@pytest.mark.parametrize(
    ("paths", "source", "lies"),
    [
        (["corpus"], "corpus/a.txt", True),
        (["corpus"], "./corpus/x/a.txt", True),
        (["./corpus/"], "corpus/a.jsonl#7", True),
        (["corpus"], "corpusx/a.txt", False),
        (["corpus/a"], "corpus/ab.txt", False),
        (["corpus/a.txt"], "corpus/a.txt", True),
        (["corpus/a.jsonl"], "corpus/a.jsonl#an/id", True),
        (["corpus/a.txt"], "corpus/a.txt.bak", False),
        (["corpus/a#b"], "corpus/a#b/c.jsonl#7", True),
        (["corpus"], "other/x.jsonl#/../../corpus/a", False),
        (["other", "corpus"], "corpus/a.txt", True),
        (["."], "corpus/a.txt", True),
        (["."], "../a.txt", False),
        (["corpus/*.txt"], "corpus/a.txt", True),
        (["corpus/*.txt"], "corpus/x/a.txt", False),
        (["corpus/*"], "corpus/x/a.txt", True),
        (["corpus/**/a?.txt"], "corpus/x/y/a1.txt", True),
        (["corpus/**/a?.txt"], "corpus/a1.txt", True),
        (["corpus/**/a?.txt"], "corpus/x/b1.txt", False),
        (["corpus/[ab].txt"], "corpus/b.txt", True),
        (["corpus/[ab].txt"], "corpus/c.txt", False),
        (["corpus"], "-#7", False),
        (["-"], "-#7", True),
        (["-"], "-", True),
        ([], "corpus/a.txt", False),
    ],
)
def test_what_lies_under_a_path_is_told_from_its_source(
    here: Path, paths: list[str], source: str, lies: bool
) -> None:
    assert under(paths)(source) is lies


@pytest.mark.parametrize(
    "path", ["c", "./c", "c/x", "c/x/b.jsonl", "c/*", "c/**/*.txt", "c/x/*.jsonl"]
)
def test_every_source_lies_under_the_path_it_was_read_from(here: Path, path: str) -> None:
    put("c/a.txt", "Some words.")
    put("c/x/b.jsonl", '{"id": "../#x/é", "text": "Some words."}\n{"text": "More words."}')
    put("c/x/y/#.txt", "Other words.")
    found = articles(path)
    assert found
    assert all(map(under([path]), (one.source for one in found)))


# --- every format --------------------------------------------------------------------------------


def test_plain_text_is_kept_character_for_character(here: Path) -> None:
    text = " \ufeffA title\r\n\r\n\tText, “said” \u00ad\u2028 she.\r\rEnd \f\x1b[31m  \n\n"
    put("a.txt", text)
    assert articles("a.txt")[0].text == text


@pytest.mark.parametrize(
    "text",
    ["Some words\0 here.\n", "\0The ferry stays.", "Die Fähre\0 bleibt\0 hier, sagte sie.\n"],
)
def test_a_stray_nul_is_marked_where_it_stood(here: Path, text: str) -> None:
    put("a.txt", text)
    assert articles("a.txt")[0].text == text.replace("\0", "\ufffd")


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Ferry stays\n\nThe old ferry stays for another year.\n", "Ferry stays"),
        ("\n Ferry stays \r\nThe old ferry stays for another year.", "Ferry stays"),
        ("Will the ferry stay?\nNobody on the island can tell today.", "Will the ferry stay?"),
        ("The old ferry stays for another year.\nNobody on the island expected it.", None),
        ("“Nobody expected it.”\nThe old ferry stays for another year.", None),
        ("Ferry stays", None),
        ("Ferry stays\nIt does", None),
        ("***\nThe old ferry stays for another year.", None),
        ("word " * 30 + "\n" + "word " * 60, None),
    ],
)
def test_a_short_first_line_over_more_text_is_the_title(
    here: Path, text: str, title: str | None
) -> None:
    put("a.txt", text)
    (one,) = articles("a.txt")
    assert (one.title, one.text) == (title, text)


def test_front_matter_says_what_is_known_and_the_rest_is_the_text(here: Path) -> None:
    front = (
        "title: 'No: the ferry stays'\npubdate: 2024-05-03 10:00 +02:00\n"
        "authors: [Jo Bee, Al Cee]\nlang: en-GB\nlink: https://herald.example/a\n"
        "publisher: {name: The Herald}\n"
        "outlet_kind: Press\n"
    )
    put("a.md", f"---\r\n{front}---\r\n\n# Ferry\n\nSome *words*.\n---\nMore.")
    (one,) = articles("a.md")
    assert one == Article(
        source="a.md",
        text="\n# Ferry\n\nSome *words*.\n---\nMore.",
        outlet="The Herald",
        title="No: the ferry stays",
        byline="Jo Bee, Al Cee",
        url="https://herald.example/a",
        published="2024-05-03T08:00Z",
        language="en",
        outlet_kind="press",
    )


@pytest.mark.parametrize(
    ("content", "text", "title", "noted"),
    [
        ("# Ferry stays #\n\nSome words.", "# Ferry stays #\n\nSome words.", "Ferry stays", False),
        ("Some words.\n---\nMore.", "Some words.\n---\nMore.", None, False),
        ("---\nSome words, never closed.", "---\nSome words, never closed.", None, False),
        ("---\ntitle: [a\n---\nSome words.", "Some words.", None, True),
        ("---\n- a\n---\nSome words.", "---\n- a\n---\nSome words.", None, False),
        ("---\ndate: 2024-02-31\n---\nSome words.", "Some words.", None, True),
        ("---\n---\nSome words.", "---\n---\nSome words.", None, False),
        ("---\ntitle: !!python/object/apply:os.getcwd []\n---\nHi.", "Hi.", None, None),
        ("---\na: &a [x, x]\nauthor: [*a, *a]\n---\nHi.", "Hi.", None, True),
        ("---\nauthor: " + "[" * 5000 + "\n---\nHi.", "Hi.", None, True),
    ],
)
def test_markdown_without_good_front_matter_is_still_an_article(
    here: Path, content: str, text: str, title: str | None, noted: bool | None
) -> None:
    put("a.md", content)
    (one,) = articles("a.md")
    assert (one.text, one.title) == (text, title)
    if noted is not None:
        assert [problem.level for problem in problems("a.md")] == ["noted"] * noted


PAGE = """<!doctype html><html lang="en-GB"><head><title>Ferry stays | The Herald</title>
<meta property="og:title" content="Ferry stays"><meta property="og:site_name" content="The Herald">
<meta property="article:published_time" content="2024-05-03T10:00:00+02:00">
<meta property="article:modified_time" content="2024-06-03T10:00:00+02:00">
<meta name="author" content="Jo Bee"><link rel="canonical" href="https://herald.example/a">
</head><body><nav><a href="/">Home</a> <a href="/about">About us</a></nav><article>
<h1>Ferry stays</h1><p>The harbour board will keep the old ferry for another year.</p>
<p>“She has never missed a tide,” Ines Calder told the meeting on Tuesday evening. “Nor will she
now, whatever the weather brings us in the winter that is to come.”</p>
<p>The council did not answer letters about the ferry, and the captain is on leave until June.</p>
</article><footer>All rights reserved by the Herald</footer></body></html>"""


def test_a_page_gives_its_article_and_what_it_declares(here: Path) -> None:
    put("a.html", PAGE)
    (one,) = articles("a.html")
    assert "“She has never missed a tide,” Ines Calder told" in one.text
    assert "About us" not in one.text
    assert "All rights reserved" not in one.text
    assert (one.title, one.byline, one.outlet) == ("Ferry stays", "Jo Bee", "The Herald")
    assert (one.published, one.language) == ("2024-05-03T08:00:00Z", "en")
    assert one.url == "https://herald.example/a"


@pytest.mark.parametrize(
    ("head", "published"),
    [
        ('<meta name="date" content="2024-05-03">', "2024-05-03"),
        ('<meta itemprop="datePublished" content="May 3, 2024">', "2024-05-03"),
        ('<meta name="date" content="03/04/2024">', None),
        ('<meta property="article:modified_time" content="2024-05-03">', None),
        (
            '<script type="application/ld+json">{"@graph": [{"@type": "Organization"}, {"@type": '
            '["NewsArticle"], "datePublished": "2024-05-03T10:00Z"}]}</script>',
            "2024-05-03T10:00Z",
        ),
        (f'<script type="application/ld+json">{"[" * 100_000}</script>', None),
        ('<time datetime="2024-05-03T10:00">3 May</time>', "2024-05-03T10:00"),
        ('<p class="byline date">3 May 2024</p>', "2024-05-03"),
        ('<p class="date">3/4/2024</p>', None),
    ],
)
def test_a_page_tells_its_date_or_none_is_known(
    here: Path, head: str, published: str | None
) -> None:
    body = "".join(f"<p>{line}</p>" for line in PROSE.split("\n\n"))
    put("a.html", f"<html><head>{head}</head><body><article>{body}</article></body></html>")
    (one,) = articles("a.html")
    assert one.published == published


def test_a_page_opens_no_file_and_expands_no_entity(here: Path) -> None:
    put("secret.txt", "a secret")
    put(
        "a.html",
        '<!DOCTYPE html [<!ENTITY x SYSTEM "secret.txt"><!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        '<html><body><iframe src="secret.txt"></iframe><p>Some words &x; and &b; more.</p></body>',
    )
    (one,) = articles("a.html")
    assert "Some words" in one.text
    assert "secret" not in one.text.replace("secret.txt", "")
    assert "aaaa" not in one.text


@pytest.mark.parametrize(
    ("content", "charset"),
    [
        (PAGE.replace("Calder", "Cældér").encode("cp1252"), "cp1252"),
        (
            PAGE.replace("Ines Calder", "Łucja Wąs")
            .replace("<head>", '<head><meta charset="iso-8859-2">')
            .replace("“", '"')
            .replace("”", '"')
            .encode("iso-8859-2"),
            "iso-8859-2",
        ),
    ],
)
def test_a_page_in_another_encoding_is_read_and_noted(
    here: Path, content: bytes, charset: str
) -> None:
    put("a.html", content)
    (one,) = articles("a.html")
    assert "Cældér told" in one.text or "Łucja Wąs told" in one.text
    (noted,) = problems("a.html")
    assert noted.level == "noted"
    assert charset in noted.reason


RECORD: dict[str, object] = {
    "id": "x7",
    "publisher": "The Herald",
    "published_at": "2024-05-03T10:00:00+02:00",
    "headline": "Ferry stays",
    "link": "https://herald.example/a",
    "authors": ["Jo Bee", {"name": "Al Cee"}],
    "lang": "en",
    "body": PROSE,
    "outlet_kind": "press",
}
ARTICLE = {
    "text": PROSE,
    "outlet": "The Herald",
    "title": "Ferry stays",
    "byline": "Jo Bee, Al Cee",
    "url": "https://herald.example/a",
    "published": "2024-05-03T08:00:00Z",
    "language": "en",
    "outlet_kind": "press",
}


def table_of(rows: list[dict[str, object]], delimiter: str) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow(
            ["Jo Bee, Al Cee" if name == "authors" else value for name, value in row.items()]
        )
    return out.getvalue().encode()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", json.dumps(RECORD).encode()),
        ("a.ndjson", b"\n" + json.dumps(RECORD, ensure_ascii=False).encode() + b"\r\n\n"),
        ("a.jsonl", json.dumps(RECORD).encode("utf-16")),
        ("a.jsonl", b"\xef\xbb\xbf" + json.dumps(RECORD).encode()),
        ("a.json", json.dumps(RECORD, indent=2).encode()),
        ("a.json", json.dumps([RECORD]).encode()),
        ("a.json", json.dumps({"status": "ok", "articles": [RECORD]}).encode("utf-16")),
        ("a.json", json.dumps({"version": "feed", "items": [RECORD]}).encode()),
        ("a.csv", table_of([RECORD], ",")),
        ("a.csv", table_of([RECORD], ";")),
        ("a.csv", b"\xef\xbb\xbf" + table_of([RECORD], "\t")),
        ("a.csv", table_of([RECORD], "|").decode().encode("utf-16")),
        ("a.tsv", table_of([RECORD], "\t")),
        ("a.jsonl.gz", gzip.compress(json.dumps(RECORD).encode())),
        ("a.json.bz2", bz2.compress(json.dumps(RECORD).encode())),
        ("a.CSV.xz", lzma.compress(table_of([RECORD], ","))),
    ],
)
def test_one_record_is_the_same_article_in_every_format(
    here: Path, name: str, content: bytes
) -> None:
    put(name, content)
    assert problems(name) == []
    assert articles(name) == [Article(source=f"{name}#x7", **ARTICLE)]


def test_json_lines_under_the_name_of_json_are_read_as_such(here: Path) -> None:
    put("a.json", '{"text": "Some words."}\n{"text": "Other words."}\n')
    assert [one.source for one in articles("a.json")] == ["a.json#1", "a.json#2"]


def test_a_record_without_an_id_has_its_number(here: Path) -> None:
    put("a.jsonl", '{"text": "One word."}\n\n{"text": "Two words.", "id": 7}\n{"text": "More."}')
    assert [one.source for one in articles("a.jsonl")] == ["a.jsonl#1", "a.jsonl#7", "a.jsonl#4"]
    put("a.csv", "text\nOne word.\nTwo words.\n")
    assert [one.source for one in articles("a.csv")] == ["a.csv#1", "a.csv#2"]
    put("a.json", '[{"text": "One word."}, {"text": "Two words."}]')
    assert [one.source for one in articles("a.json")] == ["a.json#1", "a.json#2"]
    put("b.json", '{"text": "One word."}')
    assert [one.source for one in articles("b.json")] == ["b.json"]


def test_ids_that_are_used_twice_stay_apart(here: Path) -> None:
    rows = [
        {"id": "a", "text": "One word."},
        {"id": "a", "text": "Two words."},
        {"id": "a~2", "text": "Three words."},
        {"id": "a", "text": "Two words."},
        {"id": "a", "text": "Two words.", "outlet": "Herald"},
    ]
    put("a.jsonl", "\n".join(map(json.dumps, rows)))
    found = articles("a.jsonl")
    assert [one.source for one in found] == [
        "a.jsonl#a",
        "a.jsonl#a~2",
        "a.jsonl#a~2~2",
        "a.jsonl#a~3",
    ]
    assert len({one.id for one in found}) == len(found)
    assert {one.level for one in problems("a.jsonl")} == {"noted"}
    assert [one.place for one in problems("a.jsonl")] == [f"line {n}" for n in (2, 3, 4, 5)]


# --- trouble inside a file -----------------------------------------------------------------------

DEEP = 100_000
BROKEN_LINES = [
    ("{", "broken JSON"),
    ("[]", "a JSON object was expected"),
    ("7", "a JSON object was expected"),
    ("null", "a JSON object was expected"),
    ("{}", "no text"),
    ('{"text": null}', "no text"),
    ('{"text": 7}', "its text is a number"),
    ('{"text": ["a"]}', "its text is a list"),
    ('{"text": {"a": 1}}', "its text is an object"),
    ('{"text": ""}', "no text"),
    ('{"text": " \\n “…” "}', "no words"),
    ('{"text": "a" "b"}', "broken JSON"),
    ("[" * DEEP + "]" * DEEP, "nested too deeply"),
    ('{"text":' * DEEP, "nested too deeply"),
    ('{"text": "a", "n": ' + "9" * 5000 + "}", "a number that is too long"),
]


@pytest.mark.parametrize(("line", "reason"), BROKEN_LINES)
def test_a_broken_line_costs_only_itself_and_is_named(here: Path, line: str, reason: str) -> None:
    put("a.jsonl", '{"text": "Words before."}\n' + line + '\n{"text": "Words after."}\n')
    assert [one.source for one in articles("a.jsonl")] == ["a.jsonl#1", "a.jsonl#3"]
    (problem,) = problems("a.jsonl")
    assert (problem.place, problem.level) == ("line 2", "skipped")
    assert reason in problem.reason


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("title", {"a": 1}, "its title is an object: left out"),
        ("byline", [["a"]], "its byline is a list: left out"),
        ("outlet", True, "its outlet is a truth value: left out"),
        ("published", ["2024"], "its date is a list: left unknown"),
        ("published", "2024-02-31", "there is no such date as '2024-02-31': left unknown"),
        ("published", "03/04/2024", "day and month cannot be told apart in '03/04/2024'"),
        ("language", "Plain English", "is no code of a language"),
        ("outlet_kind", "blog", "is no kind of outlet"),
        ("text", "Some \ud800 words.", "1 lone surrogate became U+FFFD"),
        ("text", "Some \0 words\0.", "2 NUL characters became U+FFFD"),
        ("text", "Some \ufffd words.", "letters were lost before"),
        ("text", "Some â€œwordsâ€\x9d said.", "UTF-8 was once read as windows-1252"),
        ("text", "CafÃ© Ã©tÃ©", "UTF-8 was once read as windows-1252 in 3 places"),
    ],
)
def test_what_is_wrong_with_a_field_is_noted_and_the_article_kept(
    here: Path, field: str, value: object, reason: str
) -> None:
    put("a.jsonl", json.dumps({"text": "Some words."} | {field: value}))
    (one,) = articles("a.jsonl")
    assert field != "text" or len(one.text) == len(str(value))
    assert field == "text" or getattr(one, field) is None
    (problem,) = problems("a.jsonl")
    assert (problem.place, problem.level) == ("line 1", "noted")
    assert reason in problem.reason


@pytest.mark.parametrize(
    "text",
    ["MAÇÃ », disse ele.", "Ça va, « très » bien.", "SÃO PAULO", "Ââ", "Привет «мир»"],
)
def test_letters_that_belong_together_are_no_mojibake(here: Path, text: str) -> None:
    put("a.txt", text)
    assert problems("a.txt") == []


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.txt", b"", "empty file"),
        ("a.txt", b" \n\t", "no words in it"),
        ("a.md", b"---\ntitle: a\n---\n", "empty"),
        ("a.html", b"", "empty file"),
        ("a.html", b"<html><body></body></html>", "no article in its HTML"),
        ("a.json", b"", "empty file"),
        ("a.jsonl", b"", "empty file"),
        ("a.csv", b"", "empty file"),
        ("a.csv", b"id,text\n", "no rows under the header"),
        ("a.csv", b"id,title\n1,2\n", "no column for the text among its columns: id, title"),
        ("a.json", b"[]", "an empty list"),
        ("a.json", b'{"a": 1}', "no article in it: a JSON object with a text, or a list of such"),
        (
            "a.json",
            b"{",
            "broken JSON: expecting property name enclosed in double quotes (column 2)",
        ),
        ("a.json", b"[" * DEEP, "nested too deeply"),
        ("a.txt", b"%PDF-1.7 and so on", "not text: PDF"),
        ("a.txt", b"\x89PNG\r\n\x1a\n", "not text: PNG image"),
        ("a.jsonl", b"PK\x03\x04abc", "not text: zip (or a word processor's file)"),
        ("a.csv", gzip.compress(b"text\nabc"), "not text: gzip (name it .gz)"),
        ("a.txt", bytes(range(256)) * 3, "not text: binary data"),
        ("a.txt", b"\0" * 100, "not text: binary data"),
        ("a.txt.gz", b"Some words.", "broken gz data: Not a gzipped file (b'So')"),
        ("a.txt.bz2", b"Some words.", "cannot be read: Invalid data stream"),
        ("a.txt.xz", b"Some words.", "broken xz data: Input format not supported by decoder"),
        ("a.txt", b"a" * 1001, "over the limit of 1,000 bytes"),
        ("a.md", b"a" * 1001, "over the limit of 1,000 bytes"),
        ("a.html", b"a" * 1001, "over the limit of 1,000 bytes"),
    ],
)
def test_a_file_without_an_article_says_why(
    here: Path, name: str, content: bytes, reason: str
) -> None:
    put(name, content)
    assert [*read([name], max_article=1000)] == [Problem(name, "", reason)]


def test_a_cut_gz_gives_what_comes_before_the_cut(here: Path) -> None:
    rng = random.Random(1)
    lines = [json.dumps({"text": f"Words {rng.random()}"}) for _ in range(5000)]
    whole = gzip.compress("\n".join(lines).encode())
    put("a.jsonl.gz", whole[: len(whole) // 2])
    found = articles("a.jsonl.gz")
    assert [json.loads(line)["text"] for line in lines[: len(found)]] == [one.text for one in found]
    (problem,) = problems("a.jsonl.gz")
    assert problem.reason.startswith("broken gz data: Compressed file ended")


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.csv.gz", "a.json.gz", "a.txt.gz"])
def test_a_bomb_is_not_unpacked(here: Path, name: str) -> None:
    piece = gzip.compress(b"a" * (8 << 20))
    put(name, piece * 40)
    assert articles(name) == []
    assert all(one.level == "skipped" for one in problems(name))
    assert "taken for a bomb" in problems(name)[-1].reason or name == "a.txt.gz"


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv"])
def test_a_line_over_the_limit_costs_only_itself(here: Path, name: str) -> None:
    before, after = {
        "a.jsonl": ('{"text": "Words before."}\n', '\n{"text": "Words after."}\n'),
        "a.csv": ("text\nWords before.\n", "\nWords after.\n"),
    }[name]
    put(name, before + "x" * 5000 + after)
    found = [*read([name], max_article=1000)]
    assert [one.text for one in found if isinstance(one, Article)] == [
        "Words before.",
        "Words after.",
    ]
    (problem,) = (one for one in found if isinstance(one, Problem))
    assert problem.reason.startswith("5,00")
    assert problem.place == f"line {2 if name == 'a.jsonl' else 3}"


def test_a_record_of_a_document_over_the_limit_costs_only_itself(here: Path) -> None:
    put("a.json", json.dumps([{"text": "x" * 1001}, {"text": "Some words."}]))
    found = [*read(["a.json"], max_article=1000)]
    assert [type(one) for one in found] == [Problem, Article]


@pytest.mark.parametrize(
    ("rows", "texts", "places"),
    [
        # a mark that is never closed
        ('1,Good words.\n2,"Broken\n3,More words.\n', ["Good words.", "More words."], ["line 3"]),
        # text after a closed mark
        ('1,"Good"bad\n2,More words.\n', ["More words."], ["line 2"]),
        # too many fields
        ("1,Good words.,and more\n2,More words.\n", ["More words."], ["line 2"]),
        # a mark inside a field is a mark
        ('1,Five" pipes\n2,"She ""left"".\nNo."\n', ['Five" pipes', 'She "left".\nNo.'], []),
        # blank lines and missing fields
        ("\n1,Good words.\n\n2\n3,More words.\n", ["Good words.", "More words."], ["line 5"]),
        # empty fields at the end
        ("1,Good words.,,\n", ["Good words."], []),
    ],
)  # fmt: skip
def test_a_broken_row_costs_only_itself(
    here: Path, rows: str, texts: list[str], places: list[str]
) -> None:
    put("a.csv", "id,text\n" + rows)
    assert [one.text for one in articles("a.csv")] == texts
    assert [(one.place, one.level) for one in problems("a.csv")] == [
        (place, "skipped") for place in places
    ]


def test_many_open_marks_are_read_in_linear_time(here: Path) -> None:
    put("a.csv", "id,text\n" + '1,"x\n' * 20_000)
    found = [*read(["a.csv"], max_article=10_000)]
    assert all(isinstance(one, Problem | Article) for one in found)


# --- encodings -----------------------------------------------------------------------------------

WESTERN = "“Café, naïve Müller,” she said — and left at once for the old harbour in the rain.\n"
POLISH = "Minister powiedział, że ustawa została przyjęta większością głosów w środę wieczorem.\n"
RUSSIAN = "Министр заявил, что закон был принят единогласно после долгих дебатов в парламенте.\n"
JAPANESE = "首相は月曜日に国会で法案が可決されたと述べた。野党は反対している。\n"


@pytest.mark.parametrize(
    ("text", "encoding", "noted"),
    [
        (WESTERN, "utf-8", None),
        (WESTERN, "utf-16", None),
        (WESTERN, "utf-32", None),
        (WESTERN, "utf-16-le", "UTF-16-LE (no byte order mark)"),
        (WESTERN, "utf-16-be", "UTF-16-BE (no byte order mark)"),
        (RUSSIAN, "utf-16-le", "UTF-16-LE (no byte order mark)"),
        (RUSSIAN * 3, "utf-16-be", "UTF-16-BE (no byte order mark)"),
        (WESTERN, "cp1252", "cp1252"),
        (WESTERN * 20, "cp1252", "cp1252"),
        ("Café society met.", "latin-1", "cp1252"),
        (POLISH, "cp1250", "cp1250"),
        (RUSSIAN, "cp1251", "cp1251"),
        (RUSSIAN, "koi8-r", "koi8_r"),
        (JAPANESE, "shift_jis", "cp932"),
    ],
)
def test_an_encoding_is_detected_and_never_silently(
    here: Path, text: str, encoding: str, noted: str | None
) -> None:
    put("a.txt", text.encode(encoding))
    assert articles("a.txt")[0].text == text
    said = [one.reason for one in problems("a.txt")]
    assert said == [] if noted is None else noted in said[0]
    assert {one.level for one in problems("a.txt")} <= {"noted"}


def test_a_stray_byte_in_utf8_is_read_alone(here: Path) -> None:
    put("a.txt", WESTERN.encode() + b"caf\xe9 \x81")
    assert articles("a.txt")[0].text == WESTERN + "café \x81"
    assert [one.reason for one in problems("a.txt")] == [
        "not UTF-8 in 2 bytes: read as windows-1252"
    ]


def test_lines_of_another_encoding_are_noted_once_for_each(here: Path) -> None:
    line = json.dumps({"text": WESTERN}, ensure_ascii=False)
    put("a.jsonl", b"\n".join([line.encode(), *[line.encode("cp1252")] * 5, line.encode()]))
    assert {one.text for one in articles("a.jsonl")} == {WESTERN}
    (noted,) = problems("a.jsonl")
    assert (noted.place, noted.level) == ("line 2", "noted")
    assert "cp1252" in noted.reason


# --- laws ----------------------------------------------------------------------------------------

# Not the control characters, many of which make a file binary, and no mark of the byte order at the
# beginning, which belongs to the encoding.
ANY_TEXT = (
    st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\r\t\f\x1b\x85\"'"))
    .map(lambda text: text.lstrip("\ufeff") + "a")
    .filter(lambda text: not text.startswith("---"))
)
WRITTEN: dict[str, Callable[[str], bytes]] = {
    "txt": str.encode,
    "md": str.encode,
    "jsonl": lambda text: json.dumps({"text": text}).encode(),
    "json": lambda text: json.dumps([{"text": text}], ensure_ascii=False).encode(),
    "csv": lambda text: table_of([{"id": "1", "text": text}], ","),
    "tsv": lambda text: table_of([{"id": "1", "text": text}], "\t"),
    "txt.gz": lambda text: gzip.compress(text.encode()),
    "jsonl.xz": lambda text: lzma.compress(json.dumps({"text": text}).encode()),
}
SLOW = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=150)


@pytest.mark.parametrize("format", WRITTEN)
@SLOW
@given(text=ANY_TEXT)
@example(text="\r\n a\r\r\n\n“a”\x85\u2028\x1c\x0b")
@example(text='a"')
@example(text='"a')
@example(text="BZh is what the Berne paper calls itself")
@example(text="GIF8 and PAR1 are no words, but PK is")
def test_any_text_in_is_the_same_text_out(format: str, text: str) -> None:
    found = read(["-"], stdin=io.BytesIO(WRITTEN[format](text)), format=format)
    assert [one.text for one in found if isinstance(one, Article)] == [text]


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
}
# What means something in one of the formats.
PIECES = (
    *(b'{ } " [ ] : , a id text "text" <p> <html> </ <!-- <script> &#0; &#xd800; 1e999'.split()),
    *(b"\\ud800", b"---\n", b"date: 2024-02-31\n", b"\n", b"\r", b"\0", b"\xff", b"\xc3"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"text\n", b"id,text\n"),
)


@pytest.mark.parametrize("format", sorted(formats()))
@SLOW
@given(raw=st.binary(max_size=400) | st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join))
def test_any_bytes_give_articles_and_problems_and_nothing_else(format: str, raw: bytes) -> None:
    for one in read(["-"], stdin=io.BytesIO(raw), format=format, max_article=300):
        assert isinstance(one, Article | Problem)
        if isinstance(one, Article):
            assert "\0" not in one.text
            one.text.encode()
            assert len(one.text) <= 300
        for said in (one.source, getattr(one, "reason", ""), getattr(one, "title", "") or ""):
            said.encode()


@SLOW
@given(
    raw=st.binary(max_size=300),
    packing=st.sampled_from(sorted(PACKED)),
    cut=st.integers(0, 400),
)
def test_any_packed_bytes_give_articles_and_problems_and_nothing_else(
    raw: bytes, packing: str, cut: int
) -> None:
    pack = PACKED[packing]
    for given_bytes in (raw, pack(raw)[:cut], pack(b'{"text": "a b"}\n' + raw) + raw):
        for one in read(["-"], stdin=io.BytesIO(given_bytes), format=f"jsonl.{packing}"):
            assert isinstance(one, Article | Problem)


def test_a_reader_of_another_package_is_found_by_its_entry_point(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("site/shout-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: shout\nVersion: 1.0\n")
    put(
        "site/shout-1.0.dist-info/entry_points.txt",
        "[reuse.readers]\nshout = shout:articles\nbad = nothing.there:x\n",
    )
    put(
        "site/shout.py",
        "def articles(opened):\n"
        "    text = opened.stream.read().decode().upper()\n"
        "    yield from opened.records().article({'text': text})\n",
    )
    monkeypatch.syspath_prepend("site")
    formats.cache_clear()
    try:
        put("a.shout", "some words")
        put("a.bad", "some words")
        assert [one.text for one in articles("a.shout")] == ["SOME WORDS"]
        (problem,) = problems("a.bad")
        assert "the reader for .bad does not load" in problem.reason
    finally:
        formats.cache_clear()
