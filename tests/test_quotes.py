"""The stretches between quotation marks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reuse.languages import SHAPES
from reuse.prose import CLOSERS, ENDERS, prose
from reuse.quotes import MARKS, spans


def stretches(text: str, language: str = "en") -> list[str]:
    read = prose(text, language)
    return [text[read.starts[span.first] : read.end(span.last - 1)] for span in spans(read)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('"We vote no," said Holt.', ["We vote no,"]),
        ("“We vote no,” said Holt.", ["We vote no,"]),
        ('“We vote no," said Holt.', ["We vote no,"]),
        ("''We vote no,'' said Holt.", ["We vote no,"]),
        ("``We vote no,'' said Holt.", ["We vote no,"]),
        ("«We vote no», said Holt.", ["We vote no"]),
        ("»Wir stimmen dagegen«, sagte Holt.", ["Wir stimmen dagegen"]),
        ("„Wir stimmen dagegen“, sagte Holt.", ["Wir stimmen dagegen"]),
        ("‘We vote no,’ said Holt.", ["We vote no,"]),
        ("'We vote no,' said Holt.", ["We vote no,"]),
        ("She called it ”a mess” and left.", ["a mess"]),
        # A quote inside a quote stands behind the one it is in.
        ("“He told me ‘never’ and left,” said Holt.", ["He told me ‘never’ and left,", "never"]),
        ('"They say "no comment" a lot," he said.', ['They say "no comment" a lot,', "no comment"]),
        # Apostrophes, years, feet and inches are no marks.
        ("The councillors' plan dates from the '90s, they don't say.", []),
        ("He is 6'2\" tall and the door 7' high.", []),
        ("Get 'em while they're hot.", []),
        ("'The voters' choice is clear,' he said.", ["The voters' choice is clear,"]),
        # Each paragraph opens, only the last closes.
        ("“One.\n\n“Two.\n\n“Three,” he said.", ["One.", "Two.", "Three,"]),
        # The second paragraph goes on without a mark of its own.
        ("“One is not enough.\n\nTwo would be,” he said.", ["One is not enough.", "Two would be,"]),
        # One mark closes the inner quote and the outer one.
        (
            '“He kept on claiming that "nothing was wrong,” Holt said.',
            ['He kept on claiming that "nothing was wrong,', "nothing was wrong,"],
        ),
        # A stray mark costs one quote, not the article.
        ('A mark " too many.\n\n"We vote no," said Holt.', ["too many.", "We vote no,"]),
        ('We vote no," said Holt.\n\n"We do," said Ray.', ["We do,"]),
        ('<a title="x y">"We vote no," said Holt.', ["We vote no,"]),
        ('"" and "  " are empty.', []),
    ],
)
def test_marks_of_every_style_are_found(text: str, found: list[str]) -> None:
    assert stretches(text) == found


def test_a_quote_over_paragraphs_knows_its_parts() -> None:
    read = prose("“One.\n\n“Two.\n\n“Three,” he said.\n\n“Four,” she said.", "en")
    assert [span.follows for span in spans(read)] == [False, True, True, False]


@given(st.text(alphabet="ab .,\n\"“”„'‘’«»`", max_size=80), st.sampled_from(["en", "de", "xx"]))
def test_stretches_nest_and_stand_where_they_say(text: str, language: str) -> None:
    read = prose(text, language)
    found = spans(read)
    for n, span in enumerate(found):
        assert span.left <= span.first < span.last <= span.right <= len(read.words)
        first, last = read.paragraphs[span.paragraph]
        assert first <= span.left
        assert span.right <= last
        if span.parent is not None:
            outer = found[span.parent]
            assert span.parent < n
            assert outer.first <= span.left
            assert span.last <= outer.last


@given(st.text(max_size=200), st.sampled_from(["en", "de", None]))
def test_tokens_stand_where_they_say_and_paragraphs_and_sentences_tile_them(
    text: str, language: str | None
) -> None:
    read = prose(text, language)
    assert [text[at : read.end(i)] for i, at in enumerate(read.starts)] == read.words
    assert "".join(read.words).split() == "".join(text.split()).split()
    for ranges in (read.paragraphs, read.sentences):
        assert [i for a, b in ranges for i in range(a, b)] == list(range(len(read.words)))


def test_the_shapes_of_tokens_agree_with_the_tables_of_signs() -> None:
    of = {shape: {s for s, other in SHAPES.items() if other == shape} for shape in SHAPES.values()}
    assert of["“"] | of["”"] | of["„"] == MARKS
    assert of["."] | of["…"] == ENDERS
    assert of["“"] | of["”"] | of[")"] == CLOSERS
