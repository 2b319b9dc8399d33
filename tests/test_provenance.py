"""Quotes and passages to families, versions, sources and disputes."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from reuse.echoes import linked
from reuse.engines.local import Local
from reuse.members import Carrier
from reuse.memory import Memory
from reuse.model import Appearance, Match, Passage, QuoteRow, Speaker, content_id
from reuse.provenance import Provenance, in_order, provenance, voiced
from reuse.sources import earlier
from reuse.utterances import by_article
from reuse.voices import Chorus, Heard, numbered, said, voices

Row = TypeVar("Row")

HOLT, LIND = Speaker("holt", "Mary Holt", "person"), Speaker("lind", "Eva Lind", "person")
OUTLETS = {
    "herald": "The Herald",
    "post": "The Evening Post",
    "wire": "Coast Wire",
    "gov": "Office",
}
PIER = "The old pier will be closed until the winter storms have passed"


@dataclass
class Corpus:
    """Articles written part by part, as the stages before would give them."""

    carriers: list[Carrier] = field(default_factory=list)
    quotes: list[QuoteRow] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    passages: list[Passage] = field(default_factory=list)
    appearances: list[Appearance] = field(default_factory=list)
    matches: list[Match] = field(default_factory=list)

    def article(
        self,
        outlet: str | None,
        published: str | None,
        text: str,
        *,
        speaker: str | None = "holt",
        kind: str | None = None,
        owner: str | None = None,
    ) -> str:
        """An article whose quotes stand between “ and ”; `|` inside splits one utterance."""
        key = content_id(outlet, published, text)
        self.carriers.append(Carrier(key, outlet, kind, published, "en", owner))
        self.texts[key] = text
        at, first = 0, None
        while (start := text.find("“", at)) >= 0:
            end = text.index("”", start)
            quote_id = content_id(key, start)
            carried = first is not None and text[at:start].strip("” ") == "she said."
            first = first if carried and first else quote_id
            self.quotes.append(
                QuoteRow(
                    id=quote_id,
                    article_id=key,
                    start=start + 1,
                    end=end,
                    text=text[start + 1 : end],
                    kind="direct",
                    cue=None,
                    mention=None,
                    mention_start=None,
                    mention_end=None,
                    speaker_id=speaker,
                    confidence=0.95 if speaker else 0.0,
                    evidence="",
                    utterance_id=first,
                    within_id=None,
                )
            )
            at = end
        return key

    def passage(self, words: str, *articles: str) -> None:
        key = content_id("passage", words)
        self.passages.append(
            Passage(key, words[:20], words, len(words.split()), len(articles), 2, None, None)
        )
        for article in articles:
            start = self.texts[article].index(words)
            self.appearances.append(
                Appearance(content_id(key, article), key, article, start, start + len(words), 1.0)
            )

    def traced(
        self,
        seed: int = 0,
        speakers: Sequence[Speaker] = (HOLT, LIND),
        memory: Memory | None = None,
    ) -> Provenance:
        chance = random.Random(seed)

        def mixed(rows: list[Row]) -> list[Row]:
            return chance.sample(rows, len(rows))

        quotes = by_article(mixed(self.quotes))
        who = voiced(speakers, OUTLETS)
        known = numbered(who, [speaker.id for speaker in speakers])
        with Local() as engine:
            chorus = Chorus(engine.file(), engine.file())
            ordered, size = in_order(self.carriers), chance.randint(1, 3)
            for n in range(0, len(ordered), size):
                some = ordered[n : n + size]
                made = said([(quotes.get(a.id, ()), a.language) for a in some])
                chorus.add(
                    voices(
                        [Heard(one, a.published, known) for one, a in zip(made, some, strict=True)]
                    )
                )
            return provenance(
                mixed(self.carriers),
                chorus,
                linked(chorus.batches(), engine),
                lambda ids: {key: quotes[key] for key in ids if key in quotes},
                who,
                mixed(self.matches),
                mixed(self.passages),
                mixed(self.appearances),
                lambda ids: {key: self.texts[key] for key in ids},
                OUTLETS,
                engine,
                memory,
            )


class Remembered:
    """A memory, and how many values it was given."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], bytes] = {}

    def kept(self, stage: str, keys: Sequence[str]) -> dict[str, bytes]:
        return {key: self.values[stage, key] for key in keys if (stage, key) in self.values}

    def keep(self, made: Mapping[str, Mapping[str, bytes]]) -> None:
        self.values |= {(stage, k): v for stage, new in made.items() for k, v in new.items()}


def changes(found: Provenance) -> dict[str, str]:
    return {v.article_id: v.change for v in found.variants}


def families(found: Provenance) -> list[set[str]]:
    result: dict[str, set[str]] = {}
    for v in found.variants:
        result.setdefault(v.family_id, set()).add(v.article_id)
    return sorted(result.values(), key=sorted)


def test_one_statement_in_three_outlets_is_one_family_with_the_fullest_in_front() -> None:
    c = Corpus()
    a = c.article("herald", "2025-01-03T10:00Z", f"“{PIER},” Mary Holt said.")
    b = c.article(
        "post", "2025-01-03T15:00Z", "“The old pier will be closed until the winter,” said Holt."
    )
    d = c.article("wire", "2025-01-04", f"“{PIER.replace('will', 'may')},” Mary Holt said.")
    other = c.article(
        "post", "2025-01-04", "“Nobody asked the fishermen about any of this,” said Holt."
    )
    found = c.traced()
    (family,) = found.families
    assert family.text.strip(",") == PIER
    assert (family.speaker_id, family.quotes, family.outlets) == ("holt", 3, 3)
    assert changes(found) == {a: "same", b: "shortened", d: "altered"}
    flagged = {v.article_id: v.reason for v in found.variants if v.touches_meaning}
    assert list(flagged) == [d]
    assert "may" in (flagged[d] or "")
    assert other not in changes(found)
    assert set(found.family_of.values()) == {family.id}


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_input_does_not_matter(seed: int) -> None:
    c = Corpus()
    for n, outlet in enumerate(("herald", "post", "wire", None)):
        c.article(outlet, f"2025-01-0{n + 1}", f"“{PIER},” Mary Holt told Coast Wire.")
        c.article(
            outlet, None, f"“{PIER.replace('old', 'new')},” she said. “It is not safe at all.”"
        )
    assert c.traced(seed) == c.traced(99)


def test_a_quote_that_one_outlet_splits_is_one_family() -> None:
    c = Corpus()
    storm = "The storms have broken forty of the piles that carry it"
    c.article("herald", "2025-01-03", f"“{PIER}. {storm},” Mary Holt said.")
    c.article("post", "2025-01-04", f"“{PIER},” Holt said.\n\n“{storm},” Holt said.")
    assert len(c.traced().families) == 1


def test_two_statements_that_only_one_outlet_runs_together_are_two_families() -> None:
    c = Corpus()
    storm = "The storms have broken forty of the piles that carry it"
    c.article("herald", "2025-01-03", f"“{PIER},” she said. “{storm}.”")
    c.article(
        "post", "2025-01-04", f"“{PIER},” Holt said on Monday.\n\n“{storm},” Holt said later."
    )
    assert len(c.traced().families) == 2


def test_two_statements_that_a_letter_has_in_two_places_are_two_families() -> None:
    c = Corpus()
    storm = "The storms have broken forty of the piles that carry it"
    between = "We have looked at the harbour for years, and with sorrow. " * 5
    a = c.article("gov", "2025-01-02", f"Dear all. {PIER}. {between}{storm}.", kind="origin")
    b = c.article("herald", "2025-01-03", f"“{PIER},” she said. “{storm}.”")
    c.passage(PIER, a, b)
    c.passage(storm, a, b)
    assert sorted(f.text.strip(",.") for f in c.traced().families) == [PIER, storm]


def test_what_others_have_with_something_else_is_a_statement_of_its_own() -> None:
    c = Corpus()
    storm = "The storms have broken forty of the piles that carry it"
    boats = "Nobody has offered to pay for the boats that were lost"
    a = c.article("herald", "2025-01-03", f"“{boats},” Holt said.\n“{storm}.”")
    c.quotes[-1] = c.quotes[-1]._replace(utterance_id=c.quotes[-2].utterance_id)
    b = c.article("post", "2025-01-04", f"“{storm},” she said. “{PIER}.”")
    found = c.traced()
    assert [(f.text.strip(",."), f.quotes) for f in found.families] == [(storm, 2)]
    assert changes(found) == {a: "same", b: "same"}


def test_a_sentence_that_only_one_outlet_goes_on_to_quote_stays_with_the_one_before() -> None:
    c = Corpus()
    storm = "The storms have broken forty of the piles that carry it"
    a = c.article("herald", "2025-01-03", f"“{PIER},” she said. “{storm}.”")
    b = c.article("post", "2025-01-04", f"“{PIER},” Holt said.")
    assert changes(c.traced()) == {a: "same", b: "shortened"}


LETTER = (
    "Our oldest oak may be felled for the new road",
    "We ask for forty saplings and for a gardener from the county",
    "The mill stream must never be dammed again while children swim there",
)
ANOTHER = (
    "The most ancient of our trees can be cut down to make room for the new road",
    "What we want is forty saplings, and somebody who knows how to water them",
    "As long as children swim in it nobody is to put a wall across the mill stream",
)


@pytest.mark.parametrize(("order", "families"), [((0, 1, 2), 3), ((2, 1, 0), 0)])
def test_two_translations_of_a_letter_are_one_where_they_go_along(
    order: Sequence[int], families: int
) -> None:
    c = Corpus()
    letter = "”\n\nShe wrote: “".join(LETTER)
    another = "”\n\nThe letter says: “".join(ANOTHER[n] for n in order)
    c.article("herald", "2025-01-03", f"She wrote: “{letter}”")
    c.article("post", "2025-01-04", f"The letter says: “{another}”")
    assert len(c.traced().families) == families


def test_of_two_translations_the_one_that_most_have_is_the_fullest() -> None:
    c = Corpus()
    letter = "”\n\nShe wrote: “".join(LETTER)
    another = "”\n\nThe letter says: “".join(ANOTHER)
    for outlet in ("herald", "wire"):
        c.article(outlet, "2025-01-03", f"She wrote: “{letter}”")
    c.article("post", "2025-01-02", f"The letter says: “{another}”")
    assert sorted(f.text for f in c.traced().families) == sorted(LETTER)


def test_an_outlet_that_reports_a_quote_is_nobody_else_who_said_it() -> None:
    c = Corpus()
    post = Speaker("ep", "Evening Post", "person")
    c.article("herald", "2025-01-03", f"“{PIER}, and no boat may tie up there,” Holt said.")
    line = f"“{PIER}, and no boat may tie up there,” the Evening Post reports."
    c.article("wire", "2025-01-04", line, speaker="ep")
    found = c.traced(speakers=[HOLT, post])
    assert (len(found.families), found.disputes) == (1, ())


def test_a_term_is_a_version_of_the_quote_whose_words_it_has_and_of_no_term() -> None:
    c = Corpus()
    quoted = c.article("herald", "2025-01-03", f"“{PIER},” Mary Holt said.")
    for outlet, words in (("post", "closed until the winter storms have passed"), ("wire", PIER)):
        c.article(outlet, "2025-01-04", f"Pier “{words}”")
        c.quotes[-1] = c.quotes[-1]._replace(kind="term", speaker_id=None, confidence=0.0)
    found = c.traced()
    assert len(found.variants) == 3
    assert all(v.quote_id for v in found.variants)
    c.quotes = [row for row in c.quotes if row.article_id != quoted]
    assert c.traced().families == ()


def test_a_phrase_that_everybody_says_makes_no_family() -> None:
    c = Corpus()
    people = [Speaker(f"p{n}", f"Ann Name{n}", "person") for n in range(12)]
    for n, person in enumerate(people):
        text = "“Our thoughts and prayers are with the families,” said Ann."
        c.article(f"o{n}", f"2025-01-{n + 1:02}", text + " " * n, speaker=person.id)
    assert c.traced(speakers=people).families == ()


def test_a_long_line_that_two_people_are_credited_with_is_disputed() -> None:
    c = Corpus()
    a = c.article("herald", "2025-01-03", f"“{PIER}, and no boat may tie up there,” Holt said.")
    b = c.article(
        "post", "2025-01-04", f"“{PIER}, and no boat may tie up there,” Lind said.", speaker="lind"
    )
    found = c.traced()
    (dispute,) = found.disputes
    ids = {v.id: v.article_id for v in found.variants}
    assert (dispute.kind, ids[dispute.a_variant_id], ids[dispute.b_variant_id]) == ("speaker", a, b)
    assert found.families[0].disputed
    assert found.families[0].speaker_id is None


@pytest.mark.parametrize(("houses", "disputes"), [(1, 0), (2, 1)])
def test_who_is_fairly_sure_is_held_against_several_that_are_sure(
    houses: int, disputes: int
) -> None:
    c = Corpus()
    line = f"“{PIER}, and no boat may tie up there,” {{}} said."
    for n in range(houses):
        c.article(f"o{n}", "2025-01-03", line.format("Holt"))
    c.article("post", "2025-01-04", line.format("Lind"), speaker="lind")
    c.quotes[-1] = c.quotes[-1]._replace(confidence=0.75)
    assert len(c.traced().disputes) == disputes


def test_outlets_of_one_owner_are_one_house() -> None:
    c = Corpus()
    line = f"“{PIER}, and no boat may tie up there,” {{}} said."
    c.article("herald", "2025-01-03", line.format("Holt"))
    for outlet in ("post", "wire"):
        c.article(outlet, "2025-01-04", line.format("Lind"), speaker="lind", owner="Crane Media")
    # One house on either side: nobody is whom most credit.
    assert c.traced().families[0].speaker_id is None
    of_one_house = Corpus()
    of_one_house.article("post", "2025-01-03", line.format("Holt"), owner="Crane Media")
    b = of_one_house.article("wire", "2025-01-04", line.format("Lind"), speaker="lind")
    assert [d.kind for d in of_one_house.traced().disputes] == ["speaker"]
    of_one_house.carriers[1] = of_one_house.carriers[1]._replace(owner="Crane Media")
    assert of_one_house.carriers[1].id == b
    assert of_one_house.traced().disputes == ()


@pytest.mark.parametrize(
    ("words", "day", "families"),
    [
        ("We are going to build a new pier", "2025-01-05", 1),
        ("We are going to build a new pier", "2025-03-05", 0),
        (PIER, "2025-03-05", 1),
    ],
)
def test_a_slogan_that_returns_after_weeks_has_been_said_again(
    words: str, day: str, families: int
) -> None:
    c = Corpus()
    c.article("herald", "2025-01-03", f"“{words},” Mary Holt said.")
    c.article("post", day, f"“{words},” said Mary Holt on the quay.")
    assert len(c.traced().families) == families


@pytest.mark.parametrize(("day", "families"), [("2025-01-04", 1), (None, 0)])
def test_a_slogan_without_a_date_may_have_been_said_again(day: str | None, families: int) -> None:
    c = Corpus()
    c.article("herald", "2025-01-03", "“I am right on the creeping harbour tax,” Mary Holt said.")
    c.article("post", day, "It was, Mary Holt said, a “creeping harbour tax” again.")
    assert len(c.traced().families) == families


def test_a_quote_that_is_another_outlets_own_prose_is_disputed() -> None:
    c = Corpus()
    a = c.article("herald", "2025-01-03", f"“{PIER},” Mary Holt said.")
    b = c.article("post", "2025-01-04", f"People are angry. {PIER}, and so has summer.")
    c.passage(PIER, a, b)
    found = c.traced()
    prose = [v for v in found.variants if v.quote_id is None]
    assert [(v.article_id, c.texts[b][v.start : v.end]) for v in prose] == [(b, PIER)]
    assert [d.kind for d in found.disputes] == ["quote_or_prose"]


def test_words_lifted_into_a_retelling_are_disputed() -> None:
    c = Corpus()
    lifted = "adopting the crooked narrative of the harbour conflict"
    a = c.article("herald", "2025-01-03", f"“We reject {lifted}, and shall say so,” Holt said.")
    b = c.article("post", "2025-01-04", f"Her staff were cross with the town for {lifted} at last.")
    c.passage(lifted, a, b)
    assert [d.kind for d in c.traced().disputes] == ["quote_or_prose"]


def test_a_fact_in_few_of_a_quotes_words_is_nobodys() -> None:
    c = Corpus()
    counted = "counted 61 otters on the Quill"
    quote = f"We {counted}, which is more than in any year since 1988, and I was there"
    a = c.article("herald", "2025-01-03", f"“{quote},” Holt said.")
    b = c.article("post", "2025-01-04", f"Volunteers {counted} in the spring.")
    c.passage(counted, a, b)
    assert c.traced().disputes == ()


def test_an_origin_that_is_all_prose_is_no_dispute() -> None:
    c = Corpus()
    a = c.article("gov", "2025-01-02", f"Statement of the office. {PIER}.", kind="origin")
    b = c.article("herald", "2025-01-03", f"“{PIER},” Mary Holt said.")
    c.passage(PIER, a, b)
    found = c.traced()
    assert found.disputes == ()
    (quoted,) = [v for v in found.variants if v.quote_id]
    ids = {v.id: v.article_id for v in found.variants}
    assert ids[quoted.source_id or ""] == a


def test_words_outside_the_marks_that_another_outlet_has_inside_are_disputed() -> None:
    c = Corpus()
    a = c.article("herald", "2025-01-03", f"“{PIER},” Mary Holt said.")
    b = c.article(
        "post",
        "2025-01-04",
        "Holt said the old pier “will be closed until the winter storms have passed”.",
    )
    found = c.traced()
    ids = {v.id: v.article_id for v in found.variants}
    assert [(d.kind, ids[d.a_variant_id], ids[d.b_variant_id]) for d in found.disputes] == [
        ("marks", a, b)
    ]


@pytest.mark.parametrize(
    ("a", "b", "before"),
    [
        ("2025-01-03", "2025-01-04", True),
        ("2025-01-03", "2025-01-03T09:00Z", False),
        ("2025-01-03T09:00Z", "2025-01-03", False),
        ("2025-01-03T09:00Z", "2025-01-03T09:30Z", True),
        ("2025-01", "2025-01-20", False),
        ("2024", "2025-01-20", True),
        ("2025-01-03", "2025-01-03", False),
        (None, "2025-01-03", False),
        ("2025-01-03", None, False),
    ],
)
def test_a_day_and_an_hour_of_that_day_are_no_order(
    a: str | None, b: str | None, before: bool
) -> None:
    assert earlier(a, b) is before


def source_of(found: Provenance, article: str) -> str | None:
    ids = {v.id: v.article_id for v in found.variants}
    (source,) = {v.source_id for v in found.variants if v.article_id == article}
    return ids.get(source or "")


def test_the_source_is_the_earlier_version_with_the_same_error() -> None:
    c = Corpus()
    c.article("herald", "2025-01-01", f"“{PIER},” Mary Holt said.")
    b = c.article("post", "2025-01-02", f"“{PIER.replace('winter', 'spring')},” Mary Holt said.")
    d = c.article("wire", "2025-01-03", f"“{PIER.replace('winter', 'spring')},” said Mary Holt.")
    assert source_of(c.traced(), d) == b


def test_the_source_is_the_earlier_version_that_the_text_credits() -> None:
    c = Corpus()
    a = c.article("herald", "2025-01-01", f"“{PIER},” Mary Holt said.")
    b = c.article("post", "2025-01-02", f"“{PIER},” said Mary Holt, the mayor.")
    d = c.article("wire", "2025-01-03", f"“{PIER},” Mary Holt told the Herald.")
    e = c.article(None, "2025-01-03", f"“{PIER},” Mary Holt told the Evening Post.")
    found = c.traced()
    assert (source_of(found, d), source_of(found, e)) == (a, b)
    assert {v.credit for v in found.variants} == {None, "Herald", "Evening Post"}


def test_an_agency_that_is_not_in_the_corpus_is_credited() -> None:
    c = Corpus()
    c.article("herald", "2025-01-01", f"“{PIER},” Mary Holt told Reuters.")
    b = c.article("post", "2025-01-01", f"PORT HOLT (AP) - “{PIER},” Mary Holt said.")
    found = c.traced()
    assert {v.credit for v in found.variants} == {"Reuters", "Associated Press"}
    assert source_of(found, b) is None


@pytest.mark.parametrize(
    "dates", [("2025-01-01", "2025-01-01"), (None, None), (None, "2025-01-01")]
)
def test_without_an_order_nobody_is_first_and_nobody_took_it(dates: Sequence[str | None]) -> None:
    c = Corpus()
    for outlet, published in zip(("herald", "post"), dates, strict=True):
        c.article(outlet, published, f"“{PIER},” Mary Holt said.")
    found = c.traced()
    assert {v.source_id for v in found.variants} == {None}
    known = [published for published in dates if published]
    assert (found.families[0].first_variant_id is not None) == (len(known) == 1)


def test_a_version_that_goes_on_where_its_source_ends_is_extended() -> None:
    c = Corpus()
    c.article("herald", "2025-01-01", f"“{PIER},” Mary Holt said.")
    b = c.article("post", "2025-01-02", f"“{PIER}. Nobody is to walk on it,” Mary Holt said.")
    (variant,) = [v for v in c.traced().variants if v.article_id == b]
    assert (variant.change, variant.source_change) == ("same", "extended")
    assert json.loads(variant.source_edits or "[]")


def test_a_line_that_two_thousand_articles_carry_is_one_family() -> None:
    c = Corpus()
    for n in range(2000):
        c.article(f"o{n}", f"2025-01-{n % 28 + 1:02}", f"Note {n}. “{PIER},” Mary Holt said.")
    (family,) = c.traced().families
    assert (family.quotes, family.outlets) == (2000, 2000)


def test_a_story_that_is_as_it_was_is_told_from_memory() -> None:
    c = Corpus()
    c.article("herald", "2025-01-03T10:00Z", f"“{PIER},” Mary Holt said.")
    c.article("post", "2025-01-04", f"“{PIER.replace('will', 'may')},” Mary Holt said.")
    memory = Remembered()
    before = c.traced(memory=memory)
    kept = dict(memory.values)
    assert c.traced(seed=1, memory=memory) == before == c.traced()
    assert memory.values == kept
    # Another story changes nothing of it, a third version does, and so does another name.
    c.article("post", "2025-01-04", "“Nobody has asked the ferrymen of the north bank,” she said.")
    c.article("herald", "2025-01-05", "“Nobody asked the ferrymen of the north bank,” she said.")
    assert c.traced(memory=memory) == c.traced()
    assert {stage for stage, _ in memory.values.keys() - kept.keys()} == {"story"}
    assert len(memory.values) == len(kept) + 1
    c.article("wire", "2025-01-05", f"“{PIER},” Mary Holt said.")
    assert c.traced(memory=memory) == c.traced()
    renamed = (HOLT._replace(name="Mary Holt-Lind"), LIND)
    assert c.traced(speakers=renamed, memory=memory) == c.traced(speakers=renamed)
    # Of both stories: she speaks in both.
    assert len(memory.values) == len(kept) + 1 + 1 + 2
