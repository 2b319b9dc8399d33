"""Whose words: what the reader makes of an article."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reuse import readers
from reuse.languages import ROLE, language
from reuse.model import Article, Quote
from reuse.prose import prose
from reuse.reading import read
from reuse.weighing import flattened

CORPUS = Path(__file__).parent.parent / "corpus"
# Pieces of text between which it matters what stands where: initials, stops and white space.
_PIECES = (
    *("A", "Ä", "b", "U.S.", "Sen.", "1.5", ".", ",", "“"),
    *(" ", "  ", "\n", "\n\n", "\t", "\xa0"),
)


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join), st.sampled_from(["en", "de"]))
@settings(max_examples=500)
def test_tokens_are_those_that_the_pattern_of_the_language_finds(text: str, code: str) -> None:
    """Texts are cut at spaces first, and most of what stands between two is known already."""
    found = prose(text, code)
    pieces = language(code).token.findall(text)
    if pieces and pieces[0].isspace():
        del pieces[0]
    assert found.words == [piece.rstrip() for piece in pieces]
    for at, piece in zip(found.starts, pieces, strict=True):
        assert text.startswith(piece, at)
    tokens = [language(code).words[piece] for piece in pieces]
    assert found.shapes == "".join(letters[0] for *_, letters, _ in tokens)
    assert found.gaps == "".join(letters[1] for *_, letters, _ in tokens)


def test_a_line_or_another_quote_ends_the_name_that_signs_a_quote() -> None:
    text = (
        "Readers wrote to us.\n\n"
        "“The river is too high, and nobody in town has told us why.” ― Mary Holt\n"
        "“We have waited nine years for a wall against the spring.”― Bram Reed \n"
        "“It was never as bad, not in the year of the flood.” — Ann Lee “They knew it.” — Tom Gale"
    )
    assert [mention for _, mention in spoken(text)] == [
        "Mary Holt", "Bram Reed", "Ann Lee", "Tom Gale",
    ]  # fmt: skip


def test_one_word_is_no_reported_clause() -> None:
    quotes = read(
        "As Mary Holt demands walls, the town waits. Holt said that it rained.", "en"
    ).quotes
    assert [quote.text for quote in quotes if quote.kind == "indirect"] == ["that it rained"]


def test_who_is_carried_over_is_no_surer_than_before() -> None:
    carried = 0
    for article in readers.read([str(CORPUS)]):
        sure: dict[int | None, float] = {}
        quotes = read(article.text, article.language).quotes if isinstance(article, Article) else ()
        for quote in quotes:
            if quote.evidence.startswith("carried over"):
                carried += 1
                assert quote.confidence <= sure[quote.mention_start]
            if quote.kind != "indirect":
                before = sure.get(quote.mention_start, 0.0)
                sure[quote.mention_start] = max(before, quote.confidence)
    assert carried > 3


def spoken(text: str, language: str = "en") -> list[tuple[str, str | None]]:
    """The first word of every quote between marks, and the mention of its speaker."""
    quotes = read(text, language).quotes
    return [(q.text.split()[0], q.mention) for q in quotes if q.kind != "indirect"]


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("“We will vote no on this,” said Mary Holt.", ["Mary Holt"]),
        ("“We will vote no on this,” Mary Holt said.", ["Mary Holt"]),
        ("“We will vote no on this,” Mary Holt, the mayor, said.", ["Mary Holt"]),
        ("Mary Holt said: “We will vote no on this.”", ["Mary Holt"]),
        ("Mary Holt told the council, “We will vote no on this.”", ["Mary Holt"]),
        ("“Will you vote no on this?” Mary Holt asked.", ["Mary Holt"]),
        ("“We will vote no,” she said. “We must.”", ["she", "she"]),
        ("“We will vote no,” Holt said, “because we must do so.”", ["Holt", "Holt"]),
        ("According to Mary Holt, “the bridge was never safe at all.”", ["Mary Holt"]),
        ("Holt, who left in May, said the bridge was “never safe at all.”", ["Holt"]),
        ("The spokeswoman said the bridge was “never safe at all.”", ["The spokeswoman"]),
        (
            "Ray smiled. He added, “We have no more money for the bridge.”",
            ["He"],
        ),
        pytest.param(
            "“The bridge is old,” said Holt.\n\n“It was built by my grandfather.”\n\nIt rained.",
            ["Holt", "Holt"],
            marks=pytest.mark.xfail(reason="a short lone paragraph is left open, not guessed"),
        ),
        (
            "“The bridge is old.\n\n“It was built by my grandfather,” Holt said.",
            ["Holt", "Holt"],
        ),
        ("“The bridge is old and it will not be missed by us.” — Mary Holt", ["Mary Holt"]),
        ("Mary Holt:\n\n“The bridge is old and it will not be missed.”", ["Mary Holt"]),
        ("DUBLIN (AP) — Mary Holt said, “The bridge is old.”", ["Mary Holt"]),
        # A paper that has it from who said it did not say it.
        (
            "“We will vote no on this,” Mary Holt said in a bill, according to the Star.",
            ["Mary Holt"],
        ),
        (
            "Mary Holt said: “We will vote no on this,” the Star reported.",
            ["Mary Holt"],
        ),
        # The one spoken to does not speak.
        (
            "“We will vote no on this,” Holt, secretary of the Bakers' Union, told reporters.",
            ["Holt"],
        ),
        ("“We will vote no on this,” Holt told Ray.", ["Holt"]),
        ("Ray was asked by Holt, “Will you vote no on this?”", ["Holt"]),
        ("The bridge is, as Mary Holt put it, “old and tired and unsafe.”", ["Mary Holt"]),
        ("“It is old and tired and unsafe,” as Mary Holt put it.", ["Mary Holt"]),
        # A quote with words of saying of its own does not share those behind the next.
        (
            "The town debates on Tuesday the motion that would condemn the harbour “for firing at "
            "gulls.” “We will make every effort at the meeting to stop it,” Holt said.",
            [None, "Holt"],
        ),
        # A year is nobody.
        (
            "On July 6, 2015, Holt made the following comment:\n\n“The bridge is the only way to "
            "school for the young people of the town.”",
            ["Holt"],
        ),
        # Behind a verb of saying, an auxiliary with a capital is a first name.
        (
            "Reed left, Mary Holt said.\n\n“It is a rather expensive old bridge,” said Will "
            "Gale, a professor at the college in Leeds. “Nobody wants to pay for the thing.”",
            ["Will Gale", "Will Gale"],
        ),
        # Nobody speaks a title, a name, a word held at a distance.
        ("They played “The Old Bridge” at the fair in May.", [None]),
        ("The so-called “bridge tax” was dropped in May.", [None]),
    ],
)
def test_the_words_around_a_quote_name_its_speaker(text: str, mentions: list[str | None]) -> None:
    assert [mention for _, mention in spoken(text)] == mentions


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("„Wir stimmen dagegen“, sagte Maria Holt.", ["Maria Holt"]),
        ("Maria Holt sagte: „Wir stimmen dagegen.“", ["Maria Holt"]),
        ("„Wir stimmen dagegen“, so der Sprecher der Partei.", ["der Sprecher der Partei"]),
        ("Laut Maria Holt war die Brücke „zu keiner Zeit sicher gewesen“.", ["Maria Holt"]),
        ("„Wir stimmen dagegen“, erklärte sie. „Das ist sicher.“", ["sie", "sie"]),
        # The particle that makes it a verb of saying stands at the end of the clause.
        ("Maria Holt teilte am Montag mit, die Brücke sei „nie sicher gewesen“.", ["Maria Holt"]),
        ("„Wir stimmen dagegen“, fügte Holt hinzu.", ["Holt"]),
        (
            "Bereits im Dezember hatte Ministerin Maria Holt in einer Rede verkündet: „Wir bauen.“",
            ["Ministerin Maria Holt"],
        ),
        (
            "In dem Bericht, der am 14. Dezember erschien, heißt es: „Die Brücke ist alt.“",
            ["dem Bericht"],
        ),
        ("Die Gutachter werfen der Stadt vor: „Das war zu keiner Zeit sicher.“", ["Die Gutachter"]),
        ("„Er hat recht“, so charakterisierte ihn Maria Holt am Montag.", ["Maria Holt"]),
        ("Mehr lesen Sie jeden Morgen in unserem Brief „Ostwind um sechs“.", [None]),
        # In a subordinate clause the verb is last.
        (
            "Wie Ministerin Maria Holt am Montag in Bonn erklärte, sei sie „zu allem bereit“.",
            ["Ministerin Maria Holt"],
        ),
        (
            "„Wir stimmen dagegen“, heißt es in einer gestern verbreiteten Erklärung der Partei.",
            ["einer gestern verbreiteten Erklärung der Partei"],
        ),
        (
            "„Die Brücke ist alt und gefährlich“, schrieb „Die Woche“ am Montag.",
            ["„Die Woche“", None],
        ),
        # A report goes on in the mood of reported speech.
        (
            "Maria Holt sagte, die Brücke sei alt. Niemand habe das gewollt. Zudem sei der Fluss "
            "„ohne jeden Zweifel zu hoch“.",
            ["Maria Holt"],
        ),
    ],
)
def test_german_is_read_by_its_own_tables(text: str, mentions: list[str]) -> None:
    assert [mention for _, mention in spoken(text, "de")] == mentions


def test_a_compound_is_told_by_its_end_whatever_was_read_before() -> None:
    words = replace(language("de")).words
    before = words["Becher "]
    assert words["Regierungssprecher "][3] & ROLE
    assert not before[3] & ROLE


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("“We will vote no on this,” said Mary Holt.", ["direct"]),
        ("Mary Holt said the bridge was “never safe at all.”", ["indirect", "mixed"]),
        ("Mary Holt said the bridge was never safe.", ["indirect"]),
        ("They played “The Old Bridge” at the fair in May.", ["term"]),
        ("“He told me ‘we will never agree to this’ and left,” said Holt.", ["direct", "nested"]),
    ],
)
def test_kinds(text: str, kinds: list[str]) -> None:
    assert [quote.kind for quote in read(text, "en").quotes] == kinds


def test_a_reported_clause_is_whole_and_names_who_reports_it() -> None:
    text = "Ray said Monday that the bridge was “never safe” and would go."
    clause = next(quote for quote in read(text, "en").quotes if quote.kind == "indirect")
    assert clause.text == "that the bridge was “never safe” and would go"
    assert (clause.mention, clause.cue) == ("Ray", "said")


def test_the_parts_of_a_split_quote_are_one_utterance() -> None:
    text = "“We will vote no,” Holt said, “because we must.” “I will not,” said Ray Dunn."
    quotes = [quote for quote in read(text, "en").quotes if quote.kind == "direct"]
    assert quotes[0].utterance == quotes[1].utterance
    assert quotes[2].utterance != quotes[0].utterance


def test_a_nested_quote_knows_the_quote_it_stands_in() -> None:
    text = "“He told me ‘we will never agree to this’ and left,” said Holt."
    quotes = read(text, "en").quotes
    assert quotes[1].within == 0
    assert quotes[0].within is None


def test_turns_of_a_transcript_are_read_without_marks() -> None:
    text = "HOLT: Will the bridge go?\n\nRAY: It will go.\n\nHOLT: When?\n\nRAY: In May, I hope."
    turns = [(quote.mention, quote.text) for quote in read(text, "en").quotes]
    assert ("RAY", "It will go.") in turns
    assert ("RAY", "In May, I hope.") in turns


def test_a_language_without_rules_has_quotes_and_no_speakers() -> None:
    quotes = read("“Ei, emme äänestä”, sanoi Holt.", "fi").quotes
    assert [(quote.text, quote.mention, quote.person) for quote in quotes] == [
        ("Ei, emme äänestä", None, None)
    ]


def promised(text: str, quotes: tuple[Quote, ...], people: int) -> None:
    for quote in quotes:
        assert text[quote.start : quote.end] == quote.text
        assert 0 <= quote.confidence <= 1
        if quote.mention is not None:
            assert text[quote.mention_start : quote.mention_end] == quote.mention
        if quote.cue is not None:
            assert text[quote.cue_start : quote.cue_end] == quote.cue
        if quote.person is not None:
            assert quote.mention is not None
            assert quote.person < people
            assert quote.evidence
        if quote.within is not None:
            outer = quotes[quote.within]
            assert outer.start <= quote.start
            assert quote.end <= outer.end
    keys = [(quote.start, quote.end, quote.kind) for quote in quotes]
    assert len(keys) == len(set(keys))
    assert [quote.start for quote in quotes] == sorted(quote.start for quote in quotes)


_WORDS = st.sampled_from(
    (
        "said",
        "told",
        "asked",
        "that",
        "he",
        "she",
        "Holt",
        "Ray",
        "Mary",
        "the",
        "mayor",
        "who",
        ",",
        ".",
        ":",
        "“",
        "”",
        '"',
        "—",
        "and",
        "according",
        "to",
        "of",
        "laut",
        "sagte",
        "der",
        "Sprecher",
        "HOLT:",
        "(",
        ")",
        "?",
        "bridge",
        "was",
        "old",
        "said,",
        "\n\n",
        "\n",
    )
)


@settings(max_examples=100, deadline=None)
@given(st.lists(_WORDS, max_size=60), st.sampled_from(["en", "de", "fi"]))
def test_every_row_keeps_its_promises(words: list[str], language: str) -> None:
    text = " ".join(words)
    reading = read(text, language)
    promised(text, reading.quotes, len(reading.people))


@pytest.mark.parametrize(
    "unit",
    [
        '"', '" ', "“", "“a ", "'a ", "said ", "he said, ", "A", "Abc ", "“A b,” said Cde. ",
        "“a b c d e f.” ", "a, ", "“a\n\n", ". ", "a.", "!", "( said ", "Bob, a man, said, ",
        "who said ",
        "He said the “a b” was “c d” and ", "A: “a b c” ",
    ],
)  # fmt: skip
def test_hostile_text_costs_no_more_than_its_length(unit: str) -> None:
    """Twice the text may take little more than twice as long: a square would take four times."""
    size = 10_000 // len(unit)
    read(unit * 100, "en")
    best = [min(_seconds(unit * (size * times)) for _ in range(2)) for times in (1, 4)]
    # Linear is 4, the square 16. A fifth of a second forgives what is too quick to tell.
    assert best[1] <= 9 * best[0] + 0.2


def _seconds(text: str) -> float:
    began = time.process_time()
    read(text, "en")
    return time.process_time() - began


@pytest.mark.parametrize(
    ("chance", "share", "flat"),
    [(0.5, 0.6, 0.5), (0.9, 1.0, 0.9), (0.9, 0.5, 0.75), (0.0, 0.6, 0.0), (1.0, 0.6, 1.0)],
)
def test_a_flattened_chance_is_nearer_to_even(chance: float, share: float, flat: float) -> None:
    assert flattened(chance, share) == pytest.approx(flat)


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        (
            "Mary Holt denied a report that sharply criticized the bridge as "
            "“unsafe at any speed and in any weather.”",
            "a report",
        ),
        (
            "Mayor Mary Holt spoke angrily to neighbours who say the bridge that she wants is "
            "“unsafe at any speed.”",
            "neighbours",
        ),
        (
            "Mayor Mary Holt bluntly told a young man who suggested that the bridge was old that "
            "“unsafe is another thing and a matter for engineers.”",
            "Mayor Mary Holt",
        ),
    ],
)
def test_a_relative_clause_has_its_own_speaker(text: str, mention: str) -> None:
    assert spoken(text) == [("unsafe", mention)]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Holt spoke in Leeds. Mary Holt then criticized Ray Gale on Monday.", []),
        ("Mary Holt criticized the plan on Monday.", ["the plan on Monday"]),
        ("The mayor, Mary Holt, denounced him.", []),
        ("Mary Holt said yes, and the council agreed.", ["yes, and the council agreed"]),
    ],
)
def test_a_name_or_a_pronoun_by_itself_is_no_reported_clause(text: str, clauses: list[str]) -> None:
    assert [q.text for q in read(text, "en").quotes if q.kind == "indirect"] == clauses


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        (
            "Ray Gale cannot say that the bridge is safe, Holt added, saying that it should be "
            "left to the council.",
            "Holt",
        ),
        (
            "In a debate about Leeds, also known as Ledes or Loidis, Holt kept to her old plan, "
            "saying that the city could not pay for the bridge.",
            "Holt",
        ),
        (
            "At a rally in Leeds, Kent, on Sunday, Mrs. Holt tried to explain her vote, saying "
            "that the city should pay for the bridge.",
            "Mrs. Holt",
        ),
    ],
)
def test_a_participle_goes_on_with_the_clause_before_its_comma(text: str, mention: str) -> None:
    assert {q.mention for q in read(text, "en").quotes if q.cue == "saying"} == {mention}


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("Ann Lee rejects Tom Holt's claim that “the river is clean.”", "Tom Holt's"),
        ("Ann Lee mocked Holt's latest assertion that the river “is clean”.", "Holt's"),
        ("The paper repeats Holt's promise that there is “no danger” to anyone.", "Holt's"),
        # The clause is whole, and the quote another's.
        ("Ann Lee said Holt's claim that the river is clean was “absurd”.", "Ann Lee"),
        ("Ann Lee rejected Tom Holt's assertion as “pure fantasy”.", "Ann Lee"),
    ],
)
def test_a_claim_has_the_speaker_that_it_is_of(text: str, mention: str) -> None:
    assert [found for _, found in spoken(text, "en")] == [mention]


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("Ann Lee said Tom Holt had told her, “You will be sorry.”", "Tom Holt"),
        ("The Herald reported on Friday that Holt had told friends she was “tired.”", "Holt"),
        ("According to Ann Lee, Holt said that “the bridge will close.”", "Holt"),
        ("The Herald quoted Holt as saying that “the bridge will close.”", "Holt"),
        ("“The bridge will close,” the Herald quoted Tom Holt as saying.", "Tom Holt"),
        ("Holt was quoted by the Herald as saying “the bridge will close.”", "Holt"),
        ("Prosecutors said the driver told officers, “I did it.”", "the driver"),
        ("“No,” Ann Lee said, when told that Holt had called her “a coward.”", "Ann Lee Holt"),
        ("Holt was told by Ann Lee that “no money is left.”", "Ann Lee"),
        ("A man shouted “Holt out!” and the mayor said, “Thank you.”", "A man the mayor"),
        ("The bridge was, in Holt's words, “a danger to us all.”", "Holt's"),
        ("The bridge was “a danger,” in the words of Tom Holt.", "Tom Holt"),
        (
            "Lee's lawyers said she would “fight,” and prosecutors called her “a thief.”",
            "Lee's lawyers prosecutors",
        ),
        ("Ann Lee criticized Tom Holt for saying that the bridge was “dead.”", "Tom Holt"),
        ("A woman who lost her home in Leeds said the city was “deaf.”", "A woman"),
        ("The doctor who treated Ann Lee said she was “brave.”", "The doctor"),
        ("People who know Tom Holt say he is “shy.”", "People"),
        ("Tom Holt called her “a coward,” Ann Lee said.", "Tom Holt"),
        ("Days after Tom Holt called her “weak,” Ann Lee wept and said no.", "Tom Holt"),
        ("Nothing the president said “will help the poor,” the senator said.", "the senator"),
        # Whom a report is about says nothing in it.
        ("Ann Lee said Holt was there on Friday and that “nobody” knew.", "Ann Lee"),
        ("Ann Lee said Holt voted for the plan but was “a coward.”", "Ann Lee"),
    ],
)
def test_words_that_somebody_passes_on_are_of_who_said_them(text: str, mention: str) -> None:
    assert " ".join(str(found) for _, found in spoken(text, "en")) == mention


def test_who_is_quoted_in_a_report_does_not_go_on_behind_it() -> None:
    text = (
        "Tom Holt and Ray Gale were at the bridge. Tom Holt said Gale had told him “never again.” "
        "That was on Monday. “It was all I heard,” he said."
    )
    found = read(text, "en")
    names = [found.people[q.person].name for q in found.quotes if q.person is not None]
    assert names == ["Tom Holt", "Ray Gale", "Tom Holt"]


def test_the_one_who_quotes_an_office_is_not_that_office() -> None:
    found = read("KCNA quoted the ministry as saying “we will never yield.”", "en")
    names = [found.people[q.person].name for q in found.quotes if q.person is not None]
    assert names == ["KCNA", "the ministry"]


def test_who_is_asked_answers() -> None:
    for text in (
        "Carl Lund met Olaf Berg. “Will we wait?” Carl Lund asked Olaf Berg. “We will,” he said.",
        "Carl Lund was there. When Lund asked Olaf Berg about the delay, he said: “We will.”",
    ):
        found = read(text, "en")
        last = found.quotes[-1].person
        assert last is not None
        assert found.people[last].name == "Olaf Berg"


@pytest.mark.parametrize(
    "text",
    [
        "Holt wrote a book, “The Wall of Leeds,” about his life.",
        "On “Meet the Town,” Holt said that he was well.",
    ],
)
def test_the_title_of_a_work_is_nobodys_words(text: str) -> None:
    marked = [(q.kind, q.mention) for q in read(text, "en").quotes if q.kind != "indirect"]
    assert marked == [("term", None)]


def test_no_verb_stands_right_behind_an_article() -> None:
    found = read("Holt, 54, called the talks “useful.”", "en").quotes
    assert {quote.cue for quote in found} == {"called"}


@pytest.mark.parametrize(
    "text",
    [
        "Tom Holt has not said that the bill is “bad for the poor.”",
        "Tom Holt has not, however, said that the bill is “bad for the poor.”",
        "Tom Holt never said that the bill is “bad for the poor.”",
        "If Tom Holt says that the bill is “bad for the poor,” it will die.",
    ],
)
def test_what_was_perhaps_never_said_is_not_sure(text: str) -> None:
    [quote] = [q for q in read(text, "en").quotes if q.kind != "indirect"]
    said = read("Tom Holt said that the bill is “bad for the poor.”", "en").quotes[-1]
    assert quote.mention == "Tom Holt"
    assert quote.confidence < 0.75 < said.confidence
    assert "with “" in quote.evidence


def test_the_one_who_was_asked_did_not_ask() -> None:
    assert spoken("“Did you see it?” Tom Holt was asked.") == [("Did", None)]


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("“It is over,” Ann Holt told Jim Lee, who replied, “It has only begun.”", "Jim Lee"),
        ("Ann Holt praised Jim Lee, who said “it has only begun.”", "Jim Lee"),
        ("Ann Holt wrote to Jim Lee, who replied: “It has only begun.”", "Jim Lee"),
        # Something stands between: the quote is of the clause around.
        ("Ann Holt, who said nothing for days, called it “a disgrace for us all.”", "Ann Holt"),
        ("Ann Holt, who said so to Jim Lee, told Tom Beck that it was “a disgrace.”", "Ann Holt"),
    ],
)
def test_a_clause_that_adds_who_answered_has_the_quote_behind_it(text: str, mention: str) -> None:
    assert spoken(text, "en")[-1][1] == mention


@pytest.mark.parametrize(
    "text",
    [
        "The ministry published a plan titled “Better Roads for Leeds,” Ann Holt said.",
        "The ministry published a plan entitled “Better Roads for Leeds,” Ann Holt said.",
        "The so-called “Bridge Caucus” met on Monday, Ann Holt said.",
        "Jim Lee's slogan, “Make Leeds Great,” was seen everywhere, Ann Holt said.",
    ],
)
def test_a_title_that_is_said_to_be_one_is_nobodys(text: str) -> None:
    (quote,) = (q for q in read(text, "en").quotes if q.kind != "indirect")
    assert (quote.kind, quote.person) == ("term", None)


def test_one_whose_first_name_is_of_the_other_sex_is_not_surely_meant() -> None:
    sure = {
        pronoun: read(f"Tom Gray left. {pronoun} said “the bridge is old.”", "en")
        .quotes[0]
        .confidence
        for pronoun in ("He", "She")
    }
    assert sure["He"] > 0.9
    assert sure["She"] < 0.7


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("Ann Holt recalled Jim Lee saying “we tried.”", "Jim Lee"),
        ("“We tried,” Ann Holt heard Jim Lee say.", "Jim Lee"),
        ("The video showed the mayor telling reporters “we are done.”", "the mayor"),
        # The comma makes it what who recalls it goes on to say.
        ("Ann Holt recalled the meeting, saying “we tried.”", "Ann Holt"),
        ("Ann Holt showed Jim Lee the letter, saying “we tried.”", "Ann Holt"),
    ],
)
def test_what_somebody_was_heard_to_say_is_not_of_who_heard_it(text: str, mention: str) -> None:
    assert [found for _, found in spoken(text, "en")] == [mention]


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("Ann Holt released a report that says “the bridge is unsafe.”", "a report"),
        ("Ann Holt received a letter from Jim Lee that said “we tried.”", "a letter from Jim Lee"),
    ],
)
def test_what_a_text_says_is_not_of_who_hands_it_on(text: str, mention: str) -> None:
    assert [found for _, found in spoken(text, "en")] == [mention]


def test_a_pronoun_is_as_doubtful_as_the_surname_of_two_that_it_follows() -> None:
    sure = {
        other: read(
            f"Ann Holt and {other} spoke in Leeds. Holt praised the bridge. “It is old,” she said.",
            "en",
        )
        .quotes[-1]
        .confidence
        for other in ("Eve Lee", "Eve Holt")
    }
    assert sure["Eve Lee"] > 0.85
    assert sure["Eve Holt"] < sure["Eve Lee"] - 0.05
