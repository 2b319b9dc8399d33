"""What the pages are made of: marks, differences, pictures and phrases."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("datasette")

from reuse.browse import diff, phrases, pictures
from reuse.browse.marks import Mark, covered, paragraphs, segments
from reuse.browse.pages import fts_words, pieces, snippet
from reuse.browse.sql import statements

TEXT = "one two three four five six seven eight"


@st.composite
def marked_texts(draw: st.DrawFn) -> tuple[str, list[Mark]]:
    text = draw(st.text(alphabet="ab \n\r“”é𝒳", max_size=60))
    ends = st.integers(0, len(text))
    spans = draw(st.lists(st.tuples(ends, ends), max_size=8))
    return text, [Mark(min(s), max(s), f"m{i}", f"k{i % 3}") for i, s in enumerate(spans)]


@given(marked_texts())
def test_segments_are_the_text_and_know_the_marks_they_lie_in(
    given: tuple[str, list[Mark]],
) -> None:
    text, marks = given
    place = 0
    opened: list[str] = []
    for segment in segments(text, marks, 0, len(text)) if text else ():
        end = place + len(segment.text)
        inside = {m.name for m in marks if m.start <= place and m.end >= end and m.start < m.end}
        assert set(segment.names) == inside
        opened += segment.opens
        place = end
    assert place == len(text)
    assert sorted(opened) == sorted(m.name for m in marks if m.start < m.end)


@given(marked_texts())
def test_paragraphs_and_their_gaps_are_the_text(given: tuple[str, list[Mark]]) -> None:
    text, marks = given
    blocks = paragraphs(text, marks)
    for block in blocks:
        assert "".join(s.text for s in block.segments) == text[block.start : block.end]
        assert text[block.end : block.end + len(block.gap)] == block.gap
    for one, other in pairwise(blocks):
        between = text[one.end + len(one.gap) : other.start]
        assert not between.strip()


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted), max_size=8))
def test_covered_counts_each_character_once(spans: list[list[int]]) -> None:
    pairs = [(a, b) for a, b in spans]
    assert covered(pairs) == len({i for a, b in pairs for i in range(a, b)})


words = st.lists(
    st.sampled_from(["the", "a", "cat", "dog", "sat", "on", ",", ".", "“", "Cat"]), max_size=25
).map(" ".join)


@given(words, words)
def test_what_lies_between_changes_is_the_same_on_both_sides(a: str, b: str) -> None:
    found = diff.changes(a, b)
    ends = [*((c.a_start, c.b_start) for c in found), (len(a), len(b))]
    starts = [(0, 0), *((c.a_end, c.b_end) for c in found)]
    for (a_from, b_from), (a_to, b_to) in zip(starts, ends, strict=True):
        assert a_from <= a_to
        assert b_from <= b_to
        assert diff.folded(a[a_from:a_to]) == diff.folded(b[b_from:b_to])


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("all four ferries run", "all three ferries run", [("changed", "four", "three")]),
        ("all four old ferries run", "all four ferries run", [("cut", "old", "")]),
        ("“We go”", '"We go"', []),
        ("We go on", "we go on", [("minor", "We", "we")]),
        ("It, he said, ends", "It ends", [("cut", ", he said,", "")]),
        ("buy a red house now", "sell the old barn now",
         [("changed", "buy a red house", "sell the old barn")]),
        ("one side of the coin", "other face of a medal",
         [("changed", "one side of the coin", "other face of a medal")]),
        ("", "x", [("added", "", "x")]),
    ],
)  # fmt: skip
def test_changes_read_as_an_editor_would_name_them(
    a: str, b: str, expected: list[tuple[str, str, str]]
) -> None:
    found = [(c.kind, a[c.a_start : c.a_end], b[c.b_start : c.b_end]) for c in diff.changes(a, b)]
    assert found == expected


def test_a_version_without_edits_is_compared_here() -> None:
    found = pieces("[]", "", "we keep four ferries", "we keep three ferries")
    assert [(p.kind, p.text.strip()) for p in found] == [
        ("same", "we keep"), ("cut", "four"), ("added", "three"), ("same", "ferries"),
    ]  # fmt: skip


@pytest.mark.parametrize("edits", [None, "", "null", "{}", "[1]", "not json", '[{"x": 1}]'])
def test_edits_of_another_shape_do_not_break_a_page(edits: str | None) -> None:
    assert [p.text for p in pieces(edits, "a b", "a b", "a b")] == ["a b"]


@pytest.mark.parametrize(
    ("published", "said"),
    [
        (None, "date unknown"),
        ("2031", "2031"),
        ("2031-05", "May 2031"),
        ("2031-05-03", "3 May 2031"),
        ("2031-05-03T10:00Z", "3 May 2031, 10:00 UTC"),
        ("2031-05-03T10:00:30+00:00", "3 May 2031, 10:00 UTC"),
        ("2031-05-03T10:00", "3 May 2031, 10:00"),
        ("2031-05-03T10:00+02:00", "3 May 2031, 10:00 +02:00"),
        ("2031-13-03", "2031-13-03"),
        ("last week", "last week"),
    ],
)
def test_a_date_is_said_as_precisely_as_it_was_given(published: str | None, said: str) -> None:
    assert phrases.when(published) == said


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("2031-05-03T10:00Z", "2031-05-03T10:30Z", "30 minutes later"),
        ("2031-05-03T10:00Z", "2031-05-03T11:00Z", "1 hour later"),
        ("2031-05-03T10:00Z", "2031-05-03", ""),  # a day and an hour of that day are no order
        ("2031-05-03", "2031-05-04T01:00Z", "1 day later"),
        ("2031-05", "2031-06-01", ""),
        (None, "2031-06-01", ""),
        ("2031-05-04", "2031-05-03", ""),
    ],
)
def test_later_is_said_only_where_it_is_known(
    first: str | None, second: str | None, said: str
) -> None:
    assert phrases.later(first, second) == said


@pytest.mark.parametrize(
    ("url", "linked"),
    [
        ("https://a.example/x", True),
        ("HTTP://a.example", True),
        ("javascript:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//a.example/x", False),
        ("https:alert(1)", False),
        ("https://[", False),
        ("", False),
        (None, False),
    ],
)
def test_only_an_address_of_the_web_is_linked(url: str | None, linked: bool) -> None:
    assert (phrases.web_address(url) is not None) is linked


@given(st.text())
def test_cleaning_keeps_every_offset(text: str) -> None:
    cleaned = phrases.clean(text)
    assert len(cleaned) == len(text)
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00]", cleaned)


@given(st.text())
def test_a_search_is_words_and_phrases_whatever_it_holds(text: str) -> None:
    query = fts_words(text)
    assert re.fullmatch(r'(?:"[^"]*"(?: |$))*', query)


def test_found_words_are_told_from_the_rest() -> None:
    assert snippet("a \ue000cat\ue001 sat") == [("a ", False), ("cat", True), (" sat", False)]


@given(
    st.lists(
        st.tuples(st.dates().map(str), st.integers(1, 9)), max_size=30, unique_by=lambda d: d[0]
    )
)
def test_every_article_with_a_date_is_in_the_picture_of_days(counts: list[tuple[str, int]]) -> None:
    picture = pictures.days(sorted(counts))
    if counts:
        assert picture is not None
        assert sum(bar.value for bar in picture.bars) == sum(n for _, n in counts)
        assert all(0 <= bar.x <= pictures.WIDTH for bar in picture.bars)
    else:
        assert picture is None


def appearance(
    id: str, outlet: str, published: str | None, source: str | None = None
) -> dict[str, object]:
    return {
        "id": id, "article_id": f"a{id}", "outlet": outlet, "title": None,
        "published": published, "source_id": source,
    }  # fmt: skip


def test_the_travels_go_from_left_to_right() -> None:
    picture = pictures.travels(
        [
            appearance("1", "Post", "2031-05-03T10:00Z"),
            appearance("2", "Wire", "2031-05-04T10:00Z", "1"),
            appearance("3", "Hill", None, "1"),
            appearance("1b", "Post", "2031-05-03T10:00Z") | {"article_id": "a1"},
        ],
        first="a1",
    )
    assert picture is not None
    one, two, three = picture.dots
    assert one.x < two.x < three.x
    assert (one.first, two.first, three.first) == (True, False, False)
    assert len(picture.lines) == 2
    assert [lane.full for lane in picture.lanes] == ["Post", "Wire", "Hill"]


def test_without_a_known_first_no_dot_is_filled() -> None:
    picture = pictures.travels(
        [appearance("1", "Post", "2031-05-03"), appearance("2", "Wire", "2031-05-03")], None
    )
    assert picture is not None
    assert not any(dot.first for dot in picture.dots)


def test_a_flow_shows_every_passage_on_both_sides() -> None:
    flows = [
        {
            "from_outlet": "A",
            "to_outlet": "B",
            "from_outlet_id": "a",
            "to_outlet_id": "b",
            "passages": 3,
        },
        {
            "from_outlet": "A",
            "to_outlet": "C",
            "from_outlet_id": "a",
            "to_outlet_id": "c",
            "passages": 1,
        },
    ]
    picture = pictures.flow(flows)
    assert picture is not None
    assert (
        sum(side.value for side in picture.left) == sum(side.value for side in picture.right) == 4
    )
    assert pictures.flow([]) is None


def test_statements_carry_their_titles() -> None:
    queries = statements("queries.sql")
    assert all(query.title and query.description and query.sql for query in queries.values())
    assert all(not query.sql.endswith(";") for query in queries.values())
