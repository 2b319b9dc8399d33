"""The whole search on small corpora of our own: passages, furniture, kinds."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st

from reuse.comparing import Reused, reused
from reuse.components import components
from reuse.engines.local import Local
from reuse.model import Listed
from reuse.passages import (
    Clusters,
    Side,
    apart,
    kind,
    lines_of,
    marked,
    share,
    spots,
    standing,
)
from reuse.settings import Settings

Story = tuple[str, str | None, str | None, str]
VOCABULARY = [
    head + tail
    for head in ("ba", "ke", "lo", "mi", "nu", "ra", "si", "to", "ve", "du")
    for tail in ("lan", "mer", "dok", "tis", "fen", "gal", "pra", "sed", "vik", "hum", "rol", "cat")
]


def prose(seed: int, words: int = 160) -> str:
    """Sentences that no two seeds share."""
    dice = random.Random(seed)
    parts = []
    for _ in range(words // 10):
        sentence = [dice.choice(VOCABULARY) for _ in range(10)]
        parts.append(" ".join(sentence).capitalize() + ".")
    return " ".join(parts)


def search(
    stories: Sequence[Story], workers: int = 1, memory: int = 1 << 28, **options: object
) -> Reused:
    texts = {key: text for key, _, _, text in stories}
    listed = [Listed(key, outlet, day, "en") for key, outlet, day, _ in stories]
    with Local(workers, memory) as engine:
        return reused(
            listed,
            lambda ids: {i: texts[i] for i in ids},
            engine,
            Settings(**options),  # type: ignore[arg-type]
        )


STATEMENT = (
    "we counted seven copper lanterns drifting seaward before dawn, and not one of the keepers "
    "could say afterwards who had lit them or why"
)


def corpus(count: int, statement: str = STATEMENT) -> list[Story]:
    """Articles of four outlets, each with the statement somewhere in its own prose."""
    return [
        (f"a{i:04}", f"outlet{i % 4}", f"2024-03-{1 + i % 27:02}",
         f"{prose(i)}\n\n“{statement},” she said.\n\n{prose(10_000 + i)}")
        for i in range(count)
    ]  # fmt: skip


def test_a_shared_statement_is_one_match_with_exact_offsets() -> None:
    stories = corpus(2)
    found = search(stories)
    (match,) = list(found.matches)
    texts = {key: text for key, _, _, text in stories}
    for article, s, e in (
        (match.a_article_id, match.a_start, match.a_end),
        (match.b_article_id, match.b_start, match.b_end),
    ):
        assert texts[article][s:e].startswith(STATEMENT)
    (passage,) = [p for p in found.passages if not p.boilerplate]
    assert passage.text.startswith(STATEMENT)
    assert (passage.articles, passage.outlets) == (2, 2)
    assert match.passage_id == passage.id
    assert match.score > 0.99


def test_what_two_articles_of_one_outlet_share_is_no_match() -> None:
    stories = [(key, "one", day, text) for key, _, day, text in corpus(2)]
    assert not len(search(stories).matches)
    assert len(search(stories, same_outlet=True).matches) == 1


def test_articles_without_outlet_are_outlets_of_their_own() -> None:
    stories = [(key, None, None, text) for key, _, _, text in corpus(2)]
    assert len(search(stories).matches) == 1


def test_unrelated_articles_share_nothing() -> None:
    stories = [(f"a{i}", f"o{i % 5}", "2024-01-01", prose(i, 400)) for i in range(60)]
    assert not len(search(stories).matches)


def test_a_viral_statement_is_one_passage_with_all_its_appearances() -> None:
    found = search(corpus(300))
    shown = [p for p in found.passages if not p.boilerplate]
    assert [p.articles for p in shown] == [300]
    assert sum(x.passage_id == shown[0].id for x in found.appearances) == 300
    # Two links for each shingle's appearance; shingles of one passage mostly agree on them.
    assert len(found.matches) <= 5 * 300


def test_signatures_give_the_jaccard_of_their_match() -> None:
    changed = STATEMENT.replace("copper", "silver")
    stories = [corpus(2)[0], corpus(2, changed)[1]]
    found = search(stories)
    (match,) = list(found.matches)
    loaded = [
        MinHash(128, seed=1, scheme="affine32", hashvalues=np.frombuffer(x.signature, np.uint32))
        for x in found.appearances
        if x.signature is not None
    ]
    assert round(loaded[0].jaccard(loaded[1]), 4) == match.jaccard
    assert 0 < match.jaccard < 1


FOOTER = "Readers who value the work of this paper may write to the desk at any hour of the night"


def test_what_an_outlet_repeats_at_its_foot_is_furniture() -> None:
    stories = [
        (f"a{i}", f"outlet{i % 2}", f"2024-03-{1 + i % 20:02}", f"{prose(i, 300)}\n\n{FOOTER}.")
        for i in range(40)
    ]
    found = search(stories)
    assert not len(found.matches)
    (passage,) = list(found.passages)
    assert passage.boilerplate
    assert passage.text.startswith("Readers who value")
    assert len(found.appearances) == 40


def test_a_notice_is_known_by_its_words() -> None:
    notice = "Sign up for our newsletter and follow us for the top stories of the day."
    stories = [
        (f"a{i}", f"o{i}", None, f"{prose(i)}\n\n{notice}\n\n{prose(50 + i)}") for i in (1, 2)
    ]
    assert not len(search(stories).matches)


def test_a_link_to_another_article_is_furniture() -> None:
    headline = "Harbour pilots refuse the new night rota after a third grounding"
    stories = [
        ("a", "one", "2024-03-01", f"{headline}\n\n{prose(1)}"),
        ("b", "two", "2024-03-02", f"Own headline here\n\n{prose(2)}\n\nRead more\n{headline}\n"),
    ]
    assert not len(search(stories).matches)


def test_a_form_with_other_numbers_is_no_reuse() -> None:
    form = "The index of grain shares rose {} points, or {} percent, to close the week at {}."
    stories = [
        (f"a{i}", f"o{i % 3}", f"2024-0{1 + i % 6}-01",
         f"{prose(i)}\n\n{form.format(10 + i, 1 + i / 10, 2000 + 7 * i)}\n\n{prose(90 + i)}")
        for i in range(9)
    ]  # fmt: skip
    assert not len(search(stories).matches)


def test_a_long_text_in_which_two_numbers_were_changed_is_no_form() -> None:
    told = "{} boats lay in the harbour. " + prose(7) + " By dusk {} were left at the quay."
    stories = [
        ("a", "one", "2024-01-01", f"{prose(1)}\n\n{told.format(40, 12)}\n\n{prose(2)}"),
        ("b", "two", "2024-06-01", f"{prose(3)}\n\n{told.format(30, 11)}\n\n{prose(4)}"),
    ]
    (match,) = search(stories).matches
    assert match.words > 30


def test_phrases_to_ignore_are_ignored() -> None:
    assert not len(search(corpus(2), ignore=(STATEMENT,)).matches)


def test_a_window_of_days_keeps_far_articles_apart() -> None:
    stories = corpus(2)
    far = [stories[0], (*stories[1][:2], "2025-03-01", stories[1][3])]
    assert len(search(far).matches) == 1
    assert not len(search(far, window_days=30).matches)


def shown(found: Reused) -> tuple[set[object], set[object], set[object]]:
    return set(found.matches), set(found.passages), set(found.appearances)


@given(st.randoms(use_true_random=False))
@settings(max_examples=5, deadline=None)
def test_the_order_of_the_input_does_not_show(dice: random.Random) -> None:
    stories = corpus(24)
    expected = shown(search(stories))
    dice.shuffle(stories)
    assert shown(search(stories)) == expected


def test_neither_workers_nor_memory_show() -> None:
    stories = corpus(40)
    expected = shown(search(stories))
    assert shown(search(stories, workers=2)) == expected
    assert shown(search(stories, memory=10_000)) == expected


def test_overlapping_but_different_passages_do_not_melt() -> None:
    sentences = [prose(s, 40) for s in (501, 502, 503, 504)]
    stories = [
        (
            f"a{i}",
            f"o{i}",
            None,
            f"{prose(i)}\n\n{sentences[i]} {sentences[i + 1]}\n\n{prose(70 + i)}",
        )
        for i in range(3)
    ]
    found = search(stories)
    assert len(found.matches) == 2
    assert sorted(p.articles for p in found.passages) == [2, 2]


@given(st.lists(st.tuples(st.integers(0, 15), st.integers(0, 15)), max_size=25))
@settings(max_examples=200, deadline=None)
def test_components_are_those_of_a_walk(edges: list[tuple[int, int]]) -> None:
    left = np.array([a for a, _ in edges], np.int64)
    right = np.array([b for _, b in edges], np.int64)
    label = list(range(16))
    for _ in range(16):
        for a, b in edges:
            label[a] = label[b] = min(label[a], label[b])
    assert components(16, left, right).tolist() == label


def test_spans_of_one_stretch_are_one_spot() -> None:
    article = np.array([0, 0, 0, 0, 1])
    start, end = np.array([10, 11, 10, 40, 10]), np.array([30, 30, 14, 60, 30])
    spot = spots(article, start, end, 0.7)
    assert spot[0] == spot[1]
    assert len(set(spot.tolist())) == 4


@pytest.mark.parametrize(
    ("whole", "a", "b", "expected"),
    [
        (True, Side("abc", 0, 3), Side("abc", 0, 3), "article"),
        (False, Side("he left", 0, 7), Side("he left", 0, 7), "prose"),
        (
            False,
            Side("“he left”", 1, 8, ((1, 8),)),
            Side("“he left”", 1, 8, ((1, 8),)),
            "quotation",
        ),
        (False, Side("“he left”", 1, 8, ((1, 8),)), Side("he left", 0, 7), "quote_and_prose"),
        (False, Side("he left (AP Photo/J. Roe)", 0, 7), Side("he left", 0, 7), "caption"),
        (False, Side("READ MORE: he left", 11, 18), Side("he left", 0, 7), "promotion"),
    ],
)
def test_kinds_of_matches(whole: bool, a: Side, b: Side, expected: str) -> None:
    assert kind(whole, a, b) == expected


def test_marks_are_seen_line_by_line() -> None:
    text = '\u201cOne two,\u201d she said. It\'s "three".\n\u201cFour five\nsix \u00abseven\u00bb'
    marks = marked(text)
    assert [text[s:e].strip("\u201c\u201d\"\u00ab\u00bb") for s, e in marks] == [
        "One two,", "three", "Four five", "seven",
    ]  # fmt: skip
    assert share(marks, 0, 10) == 1.0
    assert share(marks, 10, 20) == 0.0
    assert share(marks, 0, 20) == 0.5
    for start, end in ((0, 5), (3, 30), (37, 45), (50, 60)):
        assert share(marked(text, *lines_of(text, start, end)), start, end) == share(
            marks, start, end
        )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He said he *will not go* there.", False),
        ("He said “*will not go*” there.", True),
        ("*will not go*", True),
        ("And so, *will not go*, he said.", True),
        ("And so, *will not go* there.", False),
        ("First line\n*will not go*\nthird", True),
        ("他说，*我们不去*。", True),
    ],
)
def test_what_is_set_off_stands_between_marks_or_lines(text: str, expected: bool) -> None:
    before, words, after = text.split("*")
    whole = before + words + after
    assert apart(whole, len(before), len(before) + len(words)) is expected


@pytest.mark.parametrize(("filled", "expected"), [(4, True), (1, False)])
def test_a_form_is_furniture_though_now_and_then_filled_in_alike(
    filled: int, expected: bool
) -> None:
    """Ten matches of one passage, of which so many have other numbers."""
    places = np.arange(11)
    groups = Clusters(
        places,
        places + 200,
        places + 220,
        np.zeros(11, int),
        np.stack([places[:-1], places[1:]], 1),
    )
    odd = np.arange(10) < filled
    pair = np.arange(10, dtype=np.uint64)
    found = standing(groups, np.full(11, 1000), odd, np.zeros(10, bool), pair, Settings())
    assert found.tolist() == [expected]
