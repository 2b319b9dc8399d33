"""An article's text -> its quotes with their speakers, and its people: the whole reader."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from reuse.attribution import Attribution, Carried, Clause, attribution
from reuse.clauses import Cue, Frame, Stretch, cues, frame
from reuse.grammar import told
from reuse.model import Person, Quote, QuoteKind, Reading
from reuse.people import Table, people
from reuse.prose import ENDERS, Prose, prose
from reuse.quotes import Span, label, spans
from reuse.records import records
from reuse.reported import reported
from reuse.resolve import listeners, resolve
from reuse.salience import Resolution

# Words between marks that nobody is found to speak: as long as this, or a whole sentence, they are
# a quote without a speaker; shorter, a term.
_TERM_WORDS: Final = 8
# Two quotes of one speaker belong to one utterance when no more than this stands between them.
_SPLIT_ITEMS: Final = 25
# A reported clause is kept when it is about as likely as not one, with this speaker.
LEAST: Final = 0.45
# How sure the label of a turn in a transcript names its speaker.
_TURN: Final = 0.95


# Among the shapes of a frame.
_QUOTES: Final = re.compile("[qQ]")


@dataclass(slots=True)
class Row:
    """A quote in the making; cue, mention and told (the one spoken to) are offsets."""

    start: int
    end: int
    kind: QuoteKind
    utterance: int
    within: int | None
    cue: Stretch | None
    mention: Stretch | None
    told: Stretch | None
    confidence: float
    evidence: str
    person: int | None = None


def read(article_text: str, language: str | None) -> Reading:
    """The quotes of an article in order of their start, an outer one before those inside it."""
    return read_prose(prose(article_text, language))


def read_prose(text: Prose) -> Reading:
    """The quotes of an article that is cut into words already, by the rules that it holds."""
    stretches = spans(text)
    said, clauses = _attributions(text, stretches)
    utterances = _utterances(stretches, said)
    rows = [_row(text, span, said[n], utterances[n]) for n, span in enumerate(stretches)]
    if text.language.code:
        clauses += _transcript(text, stretches)
    for n, clause in enumerate(clauses, len(rows)):
        clause.utterance = n
    # An outer quote before those inside it, a reported clause before the marks in it.
    everything = [*rows, *clauses]
    places = [(row.start, -row.end, row.kind, n) for n, row in enumerate(everything)]
    order = [n for *_, n in sorted(places)]
    place = {n: i for i, n in enumerate(order)}
    persons: tuple[Person, ...] = ()
    if text.language.code:
        persons = _named(text, rows, [everything[n] for n in order])
    numbers: dict[int, int] = {}
    return Reading(
        tuple(
            _quote(
                text.text,
                everything[n],
                numbers.setdefault(everything[n].utterance, len(numbers)),
                place,
            )
            for n in order
        ),
        persons,
    )


def _named(text: Prose, rows: list[Row], order: list[Row]) -> tuple[Person, ...]:
    """Gives every row with a mention its person, in the order of the text."""
    table = people(text, [(row.start, row.end) for row in rows])
    previous: int | None = None
    reported = 0
    for row in order:
        if row.mention is None:
            continue
        around = None if row.within is None else rows[row.within].person
        whom = resolve(
            table,
            *row.mention,
            quote=(row.start, row.end),
            told=row.told,
            previous=previous,
            around=around,
        )
        row.person = whom.person
        # Who is quoted in a report does not go on behind it; who reports does.
        if row.end > reported:
            previous = whom.person if row.told is None else _answering(text, table, row, whom)
        if row.kind == "indirect":
            reported = max(reported, row.end)
        if whom.person is not None:
            row.confidence *= whom.confidence
            row.evidence = "; ".join(filter(None, (row.evidence, whom.evidence)))
    persons, index = records(table)
    for row in order:
        if row.person is not None:
            row.person = index[row.person]
    return persons


def _answering(text: Prose, table: Table, row: Row, whom: Resolution) -> int | None:
    """Who goes on behind words said to somebody: who said them, but who is asked answers."""
    verb = None if row.cue is None else text.language.verbs.get(text.text[slice(*row.cue)].lower())
    question = text.text[row.start : row.end].rstrip().endswith("?")
    if question or (verb is not None and verb.lemma in text.language["asking"]):
        asked = listeners(table, row.told)
        return min(asked) if len(asked) == 1 else None
    return whom.person


def _quote(text: str, row: Row, utterance: int, place: dict[int, int]) -> Quote:
    start, end = row.start, row.end
    cue_start, cue_end = row.cue or (None, None)
    mention_start, mention_end = row.mention or (None, None)
    # By position: there are thousands, and names cost a third of the time.
    return Quote(
        start,
        end,
        text[start:end],
        row.kind,
        utterance,
        None if row.within is None else place[row.within],
        text[cue_start:cue_end] if row.cue else None,
        cue_start,
        cue_end,
        text[mention_start:mention_end] if row.mention else None,
        mention_start,
        mention_end,
        row.person,
        round(row.confidence, 4),
        row.evidence,
    )


def _attributions(text: Prose, stretches: list[Span]) -> tuple[dict[int, Attribution], list[Row]]:
    """Whose every stretch is: the outermost in reading order, then those inside them."""
    if not text.language.code:
        return {n: Attribution(None, None, 0.0, 1.0, "") for n in range(len(stretches))}, []
    said: dict[int, Attribution] = {}
    clauses: list[Row] = []
    inside: dict[int | None, list[int]] = {None: []}
    for n, span in enumerate(stretches):
        inside.setdefault(span.parent, []).append(n)
    for parent, members in inside.items():
        ranges = text.paragraphs
        if parent is not None:
            ranges = [(stretches[parent].first, stretches[parent].last)]
        around = frame(text, stretches, members, ranges)
        found = cues(around)
        near = by_sentence(found)
        reports = reported(around, found, LEAST)
        standing = over(around, reports)
        carried = Carried()
        for n in members:
            said[n] = attribution(around, found, near, n, carried, standing.get(n, []))
            mention = said[n].mention
            if mention is not None:
                name = text.text[slice(*mention)].split()[-1].lower()
                carried = Carried(mention, around.places[n], name, said[n].confidence)
        if parent is None:
            clauses = [_clause(around, clause) for clause in reports]
    return said, clauses


def over(around: Frame, reports: list[Clause]) -> dict[int, list[Clause]]:
    """The reported clauses that each quote stands in."""
    standing: dict[int, list[Clause]] = defaultdict(list)
    for clause in reports:
        for found in _QUOTES.finditer(around.shapes, clause.first, clause.last):
            standing[around.quotes[found.start()]].append(clause)
    return standing


def by_sentence(found: list[Cue]) -> dict[int, list[int]]:
    near: dict[int, list[int]] = defaultdict(list)
    for n, cue in enumerate(found):
        near[cue.start].append(n)
    return near


def _clause(around: Frame, clause: Clause) -> Row:
    start, end = around.offsets(clause.first, clause.last)
    cue = around.offsets(clause.cue.first, clause.cue.last)
    mention = around.mention(clause.subject)
    evidence = f"subject of “{around.prose.text[slice(*cue)]}”, whose clause this is"
    spoken_to = told(around, clause.cue)
    return Row(start, end, "indirect", 0, None, cue, mention, spoken_to, clause.chance, evidence)


def _transcript(text: Prose, stretches: list[Span]) -> list[Row]:
    """The turns of an interview or a debate, "HOLT: …", without marks around them.

    A line begins with the same label at least twice, or it is no turn but a heading.
    """
    labels: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for first, last in text.paragraphs:
        named = label(text, first, last)
        if named is not None and last - named[1] > 3:
            labels[" ".join(text.words[first : named[1]])].append((first, named[1], last))
    marked = {span.left for span in stretches}
    rows = []
    for turns in labels.values():
        if len(turns) < 2:
            continue
        for first, colon, last in turns:
            if first in marked:
                continue
            start, end = text.starts[colon + 1], text.end(last - 1)
            mention = (text.starts[first], text.end(colon - 1))
            cue = (text.starts[colon], text.end(colon))
            evidence = "named before the colon"
            rows.append(Row(start, end, "indirect", 0, None, cue, mention, None, _TURN, evidence))
    return rows


def _utterances(stretches: list[Span], said: dict[int, Attribution]) -> list[int]:
    """The number of the utterance of each stretch; the parts of one share it."""
    numbers: list[int] = []
    last: dict[int | None, int] = {}
    for n, span in enumerate(stretches):
        numbers.append(n)
        before = last.get(span.parent)
        last[span.parent] = n
        if before is None:
            continue
        other = stretches[before]
        same = said[n].mention is not None and said[n].mention == said[before].mention
        if span.follows or (
            same and other.paragraph == span.paragraph and span.left - other.right <= _SPLIT_ITEMS
        ):
            numbers[n] = numbers[before]
    seen: dict[int, int] = {}
    return [seen.setdefault(number, len(seen)) for number in numbers]


def _row(text: Prose, span: Span, said: Attribution, utterance: int) -> Row:
    start, end = text.starts[span.first], text.end(span.last - 1)
    kind = _kind(text, span, said)
    return Row(
        start, end, kind, utterance, span.parent, said.cue, said.mention, said.told,
        said.confidence, said.evidence,
    )  # fmt: skip


def _kind(text: Prose, span: Span, said: Attribution) -> QuoteKind:
    if said.mention is None and said.spoken < 0.5:
        whole = text.words[span.last - 1] in ENDERS and text.words[span.first][:1].isupper()
        long = span.last - span.first
        if long < _TERM_WORDS and not (whole and long >= _TERM_WORDS // 2):
            return "term"
    if span.parent is not None:
        return "nested"
    before = text.words[span.left - 1] if span.left else ""
    first = text.words[span.first]
    opens = not first[:1].islower() or span.left == text.paragraphs[span.paragraph][0]
    return "direct" if opens or not before[:1].isalnum() else "mixed"
