"""An article's text -> its quotes with their speakers, and its people: the reader in one function."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from reuse.attribution import Attribution, Carried, Clause, attribution, told
from reuse.clauses import Cue, Frame, cues, frame
from reuse.model import Quote, QuoteKind, Reading
from reuse.people import people, records
from reuse.prose import ENDERS, Prose, prose
from reuse.quotes import Span, spans
from reuse.reported import reported
from reuse.resolve import resolve

# Words between marks that nobody is found to speak: as long as this, or a whole sentence, they are
# a quote without a speaker; shorter, a term.
_TERM_WORDS = 8
# Two quotes of one speaker belong to one utterance when no more than this stands between them.
_SPLIT_ITEMS = 25
# A reported clause is kept when it is more likely than not one, with this speaker.
_LEAST = 0.5


def read(article_text: str, language: str | None) -> Reading:
    """The quotes of an article in order of their start, an outer one before those inside it."""
    text = prose(article_text, language)
    stretches = spans(text)
    said, clauses = _attributions(text, stretches)
    utterances = _utterances(stretches, said)
    quotes = [_quote(text, n, span, said[n], utterances[n]) for n, span in enumerate(stretches)]
    if not text.language.code:
        return Reading(tuple(quotes), ())
    spoken_to = {n: said[n].told for n in said}
    for row, addressed in clauses:
        spoken_to[len(quotes)] = addressed
        quotes.append(replace(row, utterance=len(quotes)))
    # An outer quote before those inside it, a reported clause before the marks in it.
    order = sorted(
        range(len(quotes)), key=lambda n: (quotes[n].start, -quotes[n].end, quotes[n].kind)
    )
    place = {n: i for i, n in enumerate(order)}
    numbers: dict[int, int] = {}
    table = people(text, [(quote.start, quote.end) for quote in quotes[: len(stretches)]])
    out = []
    previous: int | None = None
    for n in order:
        quote = quotes[n]
        person, confidence, evidence = None, quote.confidence, quote.evidence
        if quote.mention_start is not None:
            whom = resolve(
                table,
                quote.mention_start,
                quote.mention_end,
                quote=(quote.start, quote.end),
                told=spoken_to[n],
                previous=previous,
            )
            person = previous = whom.person
            if person is not None:
                confidence = round(confidence * whom.confidence, 4)
                evidence = "; ".join(filter(None, (evidence, whom.evidence)))
        out.append(
            replace(
                quote,
                utterance=numbers.setdefault(quote.utterance, len(numbers)),
                within=None if quote.within is None else place[quote.within],
                person=person,
                confidence=confidence,
                evidence=evidence,
            )
        )
    persons, index = records(table)
    quoted = (
        quote if quote.person is None else replace(quote, person=index[quote.person])
        for quote in out
    )
    return Reading(tuple(quoted), persons)


def _attributions(
    text: Prose, stretches: Sequence[Span]
) -> tuple[dict[int, Attribution], list[tuple[Quote, tuple[int, int] | None]]]:
    """Whose every stretch is: the outermost in reading order, then those inside them."""
    if not text.language.code:
        return {n: Attribution(None, None, 0.0, 1.0, "") for n in range(len(stretches))}, []
    said: dict[int, Attribution] = {}
    clauses: list[tuple[Quote, tuple[int, int] | None]] = []
    inside: dict[int | None, list[int]] = {None: []}
    for n, span in enumerate(stretches):
        inside.setdefault(span.parent, []).append(n)
    for parent, members in inside.items():
        ranges = text.paragraphs
        if parent is not None:
            ranges = [(stretches[parent].first, stretches[parent].last)]
        around = frame(text, stretches, members, ranges)
        found = cues(around)
        near = _by_sentence(found)
        reports = reported(around, found, _LEAST)
        over = _over(around, reports)
        carried = Carried()
        for n in members:
            said[n] = attribution(around, found, near, n, carried, over.get(n, ()))
            mention = said[n].mention
            if mention is not None:
                name = text.text[slice(*mention)].split()[-1].lower()
                carried = Carried(mention, around.places[n], name)
        if parent is None:
            clauses = [_clause(around, clause) for clause in reports]
    return said, clauses


def _over(around: Frame, reports: Sequence[Clause]) -> Mapping[int, list[Clause]]:
    """The reported clauses that each quote stands in."""
    over: dict[int, list[Clause]] = defaultdict(list)
    for clause in reports:
        for item in range(clause.first, clause.last):
            if item in around.quotes:
                over[around.quotes[item]].append(clause)
    return over


def _by_sentence(found: Sequence[Cue]) -> Mapping[int, list[int]]:
    near: dict[int, list[int]] = defaultdict(list)
    for n, cue in enumerate(found):
        near[cue.start].append(n)
    return near


def _clause(around: Frame, clause: Clause) -> tuple[Quote, tuple[int, int] | None]:
    """The row of a reported clause, and the one spoken to."""
    text = around.prose.text
    start, end = around.offsets(clause.first, clause.last)
    cue = around.offsets(clause.cue.first, clause.cue.last)
    mention = around.offsets(clause.subject.first, clause.subject.last)
    row = Quote(
        start=start,
        end=end,
        text=text[start:end],
        kind="indirect",
        utterance=0,
        cue=text[slice(*cue)],
        cue_start=cue[0],
        cue_end=cue[1],
        mention=text[slice(*mention)],
        mention_start=mention[0],
        mention_end=mention[1],
        confidence=round(clause.chance, 4),
        evidence=f"subject of “{text[slice(*cue)]}”, whose clause this is",
    )
    return row, told(around, clause.cue)


def _utterances(stretches: Sequence[Span], said: Mapping[int, Attribution]) -> list[int]:
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


def _quote(text: Prose, n: int, span: Span, said: Attribution, utterance: int) -> Quote:
    start, end = text.starts[span.first], text.ends[span.last - 1]
    mention, cue = said.mention, said.cue
    return Quote(
        start=start,
        end=end,
        text=text.text[start:end],
        kind=_kind(text, span, said),
        utterance=utterance,
        within=span.parent,
        cue=text.text[slice(*cue)] if cue else None,
        cue_start=cue[0] if cue else None,
        cue_end=cue[1] if cue else None,
        mention=text.text[slice(*mention)] if mention else None,
        mention_start=mention[0] if mention else None,
        mention_end=mention[1] if mention else None,
        confidence=round(said.confidence, 4) if mention else 0.0,
        evidence=said.evidence if mention else "",
    )


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
