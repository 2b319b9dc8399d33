"""Two versions of one utterance: what changed, and whether it matters."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reuse.alignment import alignment
from reuse.edits import CLASSES, Comparison, as_json, comparison, from_json
from reuse.words import Words, keys, words

FULL = (
    "We will not raise the fare this winter, the mayor told us. The bridge is old, "
    "but about 40 boats still pass under it on a Monday."
)


def test_some_words_of_a_text_are_what_their_stretch_gives_by_itself() -> None:
    whole = words(FULL, [(0, len(FULL))], "en")
    for first, last in ((0, 5), (3, 12), (8, len(whole))):
        stretch = whole.starts[first], whole.ends[last - 1]
        alone, cut = words(FULL, [stretch], "en"), whole.between(first, last)
        for name in ("text", "keys", "starts", "ends", "parts", "part_starts", "article_starts"):
            assert getattr(cut, name) == getattr(alone, name)


def version(text: str) -> tuple[str, Words]:
    """An article and a version in it: `||` stands for the attribution between two parts."""
    article, parts = "“", []
    for n, part in enumerate(text.split("||")):
        article += "” she said. “" if n else ""
        parts.append((len(article), len(article) + len(part)))
        article += part
    return article + "”", words(article, parts, "en")


def compared(now: str, was: str) -> Comparison:
    return comparison(version(now)[1], version(was)[1])


@pytest.mark.parametrize(
    ("now", "was", "change"),
    [
        ("The bridge is old.", "The bridge is old,", "same"),
        ("the Bridge is “old”", "The bridge is old.", "same"),
        ("It costs 40 per cent of $2.5m.", "It costs 40% of 2.5 million dollars.", "same"),
        ("They don't organise it in the US.", "They do not organize it in the U.S.", "same"),
        ("It is due on 3 May in the town hall.", "It is due on May 3 in the town hall.", "same"),
        ("The bridge is old.", "The bridge is old. It will fall.", "shortened"),
        ("It will fall soon.", "The bridge is old. It will fall soon.", "shortened"),
        (
            "The bridge is very old.||It will fall soon.",
            "The bridge is very old. Nobody looks after it. It will fall soon.",
            "shortened",
        ),
        (
            "The bridge is very old … it will fall soon.",
            "The bridge is very old and nobody looks after it, so it will fall soon.",
            "spliced",
        ),
        (
            "The bridge is very old, it will fall soon.",
            "The bridge is very old and nobody looks after it, so it will fall soon.",
            "spliced",
        ),
        (
            "It will fall before the winter. The bridge has been old for years.",
            "The bridge has been old for years. It will fall before the winter.",
            "spliced",
        ),
        ("[The bridge] is old and narrow.", "It is old and narrow.", "bracketed"),
        ("[T]he bridge is old and narrow.", "Well, the bridge is old and narrow.", "bracketed"),
        (
            "The bridge is old and narrow as a plank.",
            "The bridge is old, as [they] say here, and narrow as a plank.",
            "spliced",
        ),
        ("The bridge is ancient and narrow.", "The bridge is old and narrow.", "altered"),
        ("The bridge is old and very narrow.", "The bridge is old and narrow.", "altered"),
        ("The bridge is narrow.", "The bridge is very narrow.", "altered"),
        ("A crossing that has had its day.", "The bridge is old and narrow.", "paraphrased"),
    ],
)
def test_the_kind_of_change_is_the_last_that_applies(now: str, was: str, change: str) -> None:
    assert compared(now, was).change == change


@pytest.mark.parametrize(
    ("now", "was", "kind"),
    [
        ("We will raise the fare.", "We will not raise the fare.", "negation"),
        ("We will raise the fare.", "We won't raise the fare.", "negation"),
        ("We never raise the fare.", "We always raise the fare.", "negation"),
        ("Prices have fallen since May.", "Prices have risen since May.", None),
        ("The fall in prices was sharp.", "The rise in prices was sharp.", "negation"),
        ("We will close the pier.", "We may close the pier.", "modal"),
        ("It costs 14 crowns a day.", "It costs 40 crowns a day.", "number"),
        ("It costs forty crowns a day.", "It costs 40 crowns a day.", None),
        ("It was put off three times.", "It was put off twice.", "number"),
        ("It left the museum in 1919.", "It left the museum in 1911.", "date"),
        ("They sailed on Tuesday at dawn.", "They sailed on Monday at dawn.", "date"),
        ("Then we asked Norway for help.", "Then we asked Sweden for help.", "name"),
        ("Then we asked Mr Brekke for help.", "Then we asked Brekke for help.", None),
        ("Then we asked Vandemeer for help.", "Then we asked Vandermeer for help.", None),
        ("Some of the boats are safe.", "All of the boats are safe.", "quantifier"),
        ("It is the start of a long fight.", "It is only the start of a long fight.", "quantifier"),
        ("Fewer than 300 people came.", "More than 300 people came.", "quantifier"),
        (
            "All of the food comes by boat.",
            "Nearly all of the food comes by boat.",
            "cut_qualifier",
        ),
        ("He took the money.", "He allegedly took the money.", "cut_qualifier"),
        ("We will stay", "We will stay if the boat is mended.", "cut_qualifier"),
        ("the boat is safe to sail", "I do not think that the boat is safe to sail.", "negation"),
        ("We cannot pay for it.", "We cannot pay for it this year.", "cut_qualifier"),
        ("It was no loan, he said", "It was no loan, he said, if they had asked, we would", None),
        ("I am no sailor, like her.", "I am no sailor, unlike her.", None),
        ("We have voted to wait.", "We have voted to wait. We have not voted to go.", None),
        ("The boat is safe.", "No, the boat is safe.", None),
        (
            "adopting the old rules of the port",
            "not only by adopting the old rules of the port",
            None,
        ),
        ("I will, and I will stay.", "I will, I will, and I will stay.", None),
        ("The boat was mended on the slip.", "The boat was repaired on the slip.", None),
    ],
)
def test_what_touches_meaning_is_flagged_with_its_kind_and_nothing_else_is(
    now: str, was: str, kind: str | None
) -> None:
    found = compared(now, was)
    kinds = [e.kind for e in found.edits if e.meaning]
    assert (kinds[0] if kinds else None) == kind
    assert found.touches_meaning == (kind is not None)
    assert (found.reason is None) == (kind is None)


def test_a_not_that_the_reporter_gives_in_their_own_words_has_not_been_dropped() -> None:
    was = version("I do not think that the boat is safe to sail.")[1]
    now = version("the boat is safe to sail")[1]
    assert comparison(now, was).touches_meaning
    assert not comparison(now, was, before="She did not think that ").touches_meaning
    assert not comparison(now, was, before="She denied that ").touches_meaning


def test_reported_speech_shifts_a_modal_by_itself() -> None:
    was, now = version("We will close the pier.")[1], version("would close the pier")[1]
    assert comparison(now, was).touches_meaning
    assert not comparison(now, was, prose=True).touches_meaning


def test_what_stands_for_other_words_is_one_edit_with_both_sides() -> None:
    found = compared(
        "greatly count on the members [to] stand by the law of the sea",
        "We greatly count on the members and their stand by the law of the sea,",
    )
    (edit,) = [e for e in found.edits if e.kind == "bracket"]
    assert (edit.op, edit.was, edit.now) == ("replace", "and their", "[to]")


def test_json_gives_the_operations_back() -> None:
    edits = compared("We will raise the fare … it is old.", FULL).edits
    assert from_json(as_json(edits)) == edits
    assert {row.get("class") for row in json.loads(as_json(edits))} <= {None, *CLASSES}


VOCABULARY = "the old bridge will not fall in 40 years , . … [sic] We don't know per cent may"
LINE = st.lists(st.sampled_from(VOCABULARY.split()), min_size=1, max_size=25).map(" ".join)


@given(LINE, LINE)
def test_edits_cover_both_versions_and_stand_where_they_say(now: str, was: str) -> None:
    article, here = version(now)
    there = version(was)[1]
    found = comparison(here, there)
    shown = " ".join(article[e.start : e.end] if e.op == "equal" else e.now for e in found.edits)
    assert keys(shown) == here.keys
    covered = sorted((e.was_start, e.was_end) for e in found.edits if e.was_end > e.was_start)
    assert keys(" ".join(there.text[a:b] for a, b in covered)) == there.keys
    for e in found.edits:
        if e.op in ("replace", "insert"):
            assert article[e.start : e.end] == e.now
        if e.op in ("replace", "delete"):
            assert there.text[e.was_start : e.was_end] == e.was


@given(LINE, LINE)
def test_an_alignment_has_every_word_of_both_sides_once(now: str, was: str) -> None:
    here, there = version(now)[1], version(was)[1]
    steps = alignment(here, there)
    assert sorted(i for i, _ in steps if i >= 0) == list(range(len(here)))
    assert sorted(j for _, j in steps if j >= 0) == list(range(len(there)))


@given(LINE)
def test_a_text_is_the_same_as_itself(line: str) -> None:
    found = compared(line, line)
    assert found.change == "same" or not version(line)[1].keys
    assert not found.touches_meaning
