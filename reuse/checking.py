"""A draft and a database -> what in it is reused and from where, and how true its quotes are.

Nothing is written. The draft is read as an article is (`reading`), each of its utterances is traced
(`tracing`), and its sentences are looked up in the text of all articles.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Literal

import click

from reuse.alignment import Step, matched
from reuse.edits import Comparison, Edit, comparison
from reuse.kinship import PLAIN, bits
from reuse.lookup import Index
from reuse.model import Person
from reuse.reading import read
from reuse.rows import quote_rows
from reuse.tracing import (
    ENOUGH,
    MOST,
    Near,
    Place,
    Trace,
    asked,
    coloured,
    nearest,
    place,
    shown,
    trace_quote,
    where,
)
from reuse.utterances import Utterance, by_article, utterances
from reuse.words import Words, common, folded, sentences, words, words_of

_WORD = re.compile(r"[^\W_]+")

State = Literal["known", "changed", "other_speaker", "unknown"]

# A speaker of the draft below this is not held against the database.
SURE = 0.7
# Articles whose text a sentence of the draft is compared with, and how many may have a word by
# which they are looked up.
ARTICLES, MOST_ARTICLES = 3, 200
# A stretch is reused from so many words, or bits, in a row on; a name and a title are not.
REUSED_WORDS = 8
REUSED_BITS = 55.0
# An article that has fewer runs of three words of a sentence has no such stretch of it.
RUNS = 2
# Characters to either side of where the runs lead that are looked at as well.
BESIDE = 60
# Words of either side that may stand between two reused stretches of one passage.
GAP = 6
# Versions of a family that a quote of the draft is compared with.
VERSIONS = 24

CHANGES = ("same", "shortened", "spliced", "bracketed", "altered", "paraphrased")


@dataclass(frozen=True, slots=True)
class Checked:
    """One utterance of the draft against the database.

    ``draft[start:end]``, the `text`, is its first to its last part; `words` are its parts, with an
    ellipsis where the draft says in between whose they are. `state` is ``known`` (as some version
    has them), ``changed`` (no version has them so), ``other_speaker`` (the draft credits
    somebody whom no version credits) or ``unknown``; `attention` says what is to look at, in a
    sentence; `edits` are what the draft did to the version that it was compared with.
    """

    start: int
    end: int
    text: str
    words: str
    speaker: str | None
    state: State
    attention: str | None
    known_speaker: str | None
    trace: Trace | None
    near: Near | None
    edits: tuple[Edit, ...] = ()


@dataclass(frozen=True, slots=True)
class Reused:
    """A stretch of the draft that an article has: ``draft[start:end]``, and where it has it.

    `quoted` is true when most of it stands between the draft's marks; `others` counts the further
    articles that have it.
    """

    start: int
    end: int
    text: str
    words: int
    quoted: bool
    place: Place
    others: int


@dataclass(frozen=True, slots=True)
class Check:
    """What the database says about a draft."""

    quotes: tuple[Checked, ...]
    reused: tuple[Reused, ...]

    @property
    def attention(self) -> bool:
        """Whether something wants a person's look: the command's exit code."""
        return any(quote.attention for quote in self.quotes)


def check(db: sqlite3.Connection, draft: str, language: str | None = None) -> Check:
    """The draft's quotes and reused stretches, in the order of the text."""
    reading = read(draft, language)
    names = {f"{n}": person for n, person in enumerate(reading.people)}
    rows = quote_rows("", reading.quotes, list(names), 0.0)
    said = utterances(by_article(rows).get("", []), None, language)
    quotes: list[Checked] = []
    index = Index(db, "quotes", MOST)
    for u in said:
        if not u.spoken:
            continue
        person = names.get(u.speaker_id or "")
        speaker = person.name if person is not None and u.confidence >= SURE else None
        quotes.append(_checked(db, index, draft, u, language, speaker, person))
    quotes.sort(key=lambda quote: (quote.start, quote.end))
    marked = [(row.start, row.end) for row in rows if row.kind != "indirect"]
    return Check(tuple(quotes), tuple(reused(db, draft, language, marked)))


def _checked(
    db: sqlite3.Connection,
    index: Index,
    draft: str,
    said: Utterance,
    language: str | None,
    speaker: str | None,
    person: Person | None,
) -> Checked:
    wanted = words_of(said.parts, language)
    text = draft[said.start : said.end]
    told = " … ".join([part for _, part in said.parts])
    best = _nearest(db, index, said.parts, language)
    if best is None or best.likeness < ENOUGH:
        return Checked(said.start, said.end, text, told, speaker, "unknown", None, None, None, best)
    found = trace_quote(db, best.quote_id)
    assert found is not None
    state: State = "known"
    attention = None
    asked = found.asked and comparison(wanted, words_of([(0, found.text or "")], wanted.language))
    if asked is None or not asked.touches_meaning:
        asked = _nearest_version(wanted, found)
    if asked is not None and asked.touches_meaning:
        state, attention = "changed", asked.reason
    elif asked is not None and asked.change not in ("same", "shortened"):
        state, attention = "changed", f"No version has exactly these words: {asked.change}."
    credited = {name for name in (found.speaker, *(v.speaker for v in found.versions)) if name}
    named = speaker is not None and person is not None and person.kind == "person"
    others = ""
    if named and credited and not any(_same_name(person, name) for name in credited):
        state = "other_speaker"
        others = f"Elsewhere credited to {', '.join(sorted(credited))}."
    elif named and (rivals := [n for n in _disputed(found) if not _same_name(person, n)]):
        others = f"Elsewhere credited to {', '.join(rivals)} as well."
    attention = " ".join(filter(None, (others, attention))) or None
    edits = asked.edits if asked is not None else ()
    return Checked(
        said.start,
        said.end,
        text,
        told,
        speaker,
        state,
        attention,
        found.speaker,
        found,
        best,
        edits,
    )


def _disputed(found: Trace) -> list[str]:
    """Between whom a quote is disputed, by name."""
    credited = {version.id: version.speaker for version in found.versions}
    sides = {side for one in found.disputes if one.kind == "speaker" for side in (one.a, one.b)}
    return sorted({name for side in sides if (name := credited.get(side))})


def _nearest(
    db: sqlite3.Connection,
    index: Index,
    parts: Sequence[tuple[int, str]],
    language: str | None,
) -> Near | None:
    """The quote most like an utterance; where none is like the whole of it, since the database has
    the parts of a split quote one by one, the one most like its longest part."""
    whole = nearest(db, words_of(parts, language), index, 1)
    if len(parts) < 2 or (whole and whole[0].likeness >= ENOUGH):
        return whole[0] if whole else None
    longest = max(parts, key=lambda part: len(part[1]))
    part = nearest(db, words_of([longest], language), index, 1)
    return max((*whole, *part), key=lambda near: near.likeness, default=None)


def _nearest_version(wanted: Words, found: Trace) -> Comparison | None:
    """How the words differ from the version that they differ least from."""
    texts = list(dict.fromkeys([found.text or "", *(v.text for v in found.versions if v.quoted)]))
    compared = [
        comparison(wanted, words_of([(0, t)], wanted.language)) for t in texts[:VERSIONS] if t
    ]
    return min(
        compared,
        key=lambda c: (c.touches_meaning, CHANGES.index(c.change), -c.likeness, -c.covered),
        default=None,
    )


def _same_name(person: Person | None, other: str) -> bool:
    """Whether a person of the draft may be a speaker: any form, or its last word, is the same."""
    forms = {person.name, *(form for form, _ in person.forms)} if person else set()
    return any(
        folded(form) == folded(other) or folded(form.split()[-1]) == folded(other.split()[-1])
        for form in forms
        if form.split() and other.split()
    )


# --- reuse ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shared:
    """Words of the draft, by number, that an article has, and where it has them."""

    first: int
    last: int
    article_id: str
    start: int
    end: int


def reused(
    db: sqlite3.Connection, draft: str, language: str | None, marked: Sequence[tuple[int, int]]
) -> list[Reused]:
    """The stretches of the draft that some article has, each with the earliest that has most.

    `marked` is what the draft has between marks.
    """
    whole = words(draft, [(0, len(draft))], language)
    index = Index(db, "articles", MOST_ARTICLES)
    bodies: dict[int, _Body] = {}
    found: dict[str, list[_Shared]] = defaultdict(list)
    for first, last in sentences(whole):
        if last - first < REUSED_WORDS:
            continue
        sentence = whole.between(first, last)
        runs = _telling_runs(sentence)
        for row in index.rows(asked(sentence.text), sentence.language, ARTICLES):
            if row not in bodies:
                bodies[row] = _Body(db, row)
            for shared in bodies[row].shared(sentence, runs, first):
                found[shared.article_id].append(shared)
    every = [shared for key in sorted(found) for shared in _merged(found[key])]
    return _chosen(db, draft, whole, every, marked)


class _Body:
    """An article of the database."""

    def __init__(self, db: sqlite3.Connection, row: int) -> None:
        self._id, self._text, self._language = db.execute(
            "SELECT id, text, language FROM articles WHERE rowid = ?", [row]
        ).fetchone()
        self._small = self._text.lower()

    def shared(self, sentence: Words, runs: Sequence[tuple[str, int]], first: int) -> list[_Shared]:
        """The stretches of a sentence, whose first word has this number, that the article has.

        Where it has few of the sentence's `runs` it has none, and nothing need be aligned; else
        they lead to the place.
        """
        here = sorted(place - at for run, at in runs if (place := self._small.find(run)) >= 0)
        enough = min(RUNS, max(len(runs), 1))
        if len(here) < enough:
            return []
        room = len(sentence.text)
        found: list[_Shared] = []
        for places in _close(here, room):
            # Where a run stands by chance, far from the others, there is nothing to align.
            if len(places) >= enough:
                start = max(places[0] - BESIDE, 0)
                end = min(places[-1] + room + BESIDE, len(self._text))
                found += self._aligned(sentence, first, start, end)
        return found

    def _aligned(self, sentence: Words, first: int, start: int, end: int) -> Iterator[_Shared]:
        """The stretches of a sentence in so much of the article."""
        start = self._text.rfind(" ", 0, start) + 1
        there = words(self._text, [(start, end)], self._language)
        for steps in _stretches(sentence, there):
            yield _Shared(
                first=first + steps[0][0],
                last=first + steps[-1][0] + 1,
                article_id=self._id,
                start=there.offset(there.starts[steps[0][1]]),
                end=there.offset(there.ends[steps[-1][1]]),
            )


def _close(places: Sequence[int], room: int) -> list[list[int]]:
    """Sorted places, those together that are no farther apart than this."""
    out: list[list[int]] = []
    for at in places:
        if out and at - out[-1][-1] <= room:
            out[-1].append(at)
        else:
            out.append([at])
    return out


def _telling_runs(sentence: Words) -> list[tuple[str, int]]:
    """Every three words in a row, as they are written, and where, if one tells something."""
    small = sentence.text.lower()
    found = list(_WORD.finditer(small))
    tells = [not common(word.group(), sentence.language, PLAIN) for word in found]
    return [
        (small[first.start() : last.end()], first.start())
        for n, (first, last) in enumerate(zip(found, found[2:], strict=False))
        if any(tells[n : n + 3])
    ]


def _stretches(sentence: Words, there: Words) -> Iterator[list[Step]]:
    """The words of a sentence that stand together in another text, if they tell enough."""
    run: list[Step] = []
    for step in [*matched(sentence, there), (-(10**9), 0)]:
        if run and not (0 < step[0] - run[-1][0] <= GAP and 0 < step[1] - run[-1][1] <= GAP):
            told = sum(bits(sentence.keys[i], sentence.language) for i, _ in run)
            if len(run) >= REUSED_WORDS and told >= REUSED_BITS:
                yield run
            run = []
        run.append(step)


def _merged(found: Sequence[_Shared]) -> list[_Shared]:
    """The stretches of one article, those that follow one another in the draft as one."""
    result: list[_Shared] = []
    for shared in sorted(found, key=lambda s: (s.first, s.last)):
        before = result[-1] if result else None
        if before is not None and shared.first - before.last <= GAP:
            result[-1] = replace(
                before,
                last=max(before.last, shared.last),
                start=min(before.start, shared.start),
                end=max(before.end, shared.end),
            )
        else:
            result.append(shared)
    return result


def _chosen(
    db: sqlite3.Connection,
    draft: str,
    whole: Words,
    found: Sequence[_Shared],
    marked: Sequence[tuple[int, int]],
) -> list[Reused]:
    """Of stretches in several articles the longest, then the earliest; the others are counted."""
    dates = {
        key: db.execute("SELECT published FROM articles WHERE id = ?", [key]).fetchone()[0] or "~"
        for key in {shared.article_id for shared in found}
    }
    ranked = sorted(
        found,
        key=lambda s: (s.first - s.last, dates[s.article_id], s.article_id, s.first),
    )
    kept: list[tuple[_Shared, set[str]]] = []
    for shared in ranked:
        half = (shared.last - shared.first) // 2
        for home, others in kept:
            if min(shared.last, home.last) - max(shared.first, home.first) > half:
                others.add(shared.article_id)
                break
        else:
            kept.append((shared, set()))
    result: list[Reused] = []
    for shared, others in sorted(kept, key=lambda row: (row[0].first, row[0].last)):
        reach = whole.reach(shared.first, shared.last - 1)
        start, end = whole.offset(reach[0]), whole.offset(reach[1])
        result.append(
            Reused(
                start=start,
                end=end,
                text=draft[start:end],
                words=shared.last - shared.first,
                quoted=2 * sum(max(min(end, e) - max(start, s), 0) for s, e in marked)
                > end - start,
                place=place(db, shared.article_id, shared.start, shared.end),
                others=len(others - {shared.article_id}),
            )
        )
    return result


# --- what a person reads ---------------------------------------------------------------------


def as_json(result: Check) -> str:
    """The check as JSON, one object."""
    return json.dumps(
        {"attention": result.attention, **asdict(result)}, ensure_ascii=False, indent=2
    )


_STATES = {
    "known": ("known", "green"),
    "changed": ("changed", "yellow"),
    "other_speaker": ("somebody else's", "red"),
    "unknown": ("not in the database", None),
}


def rendered(result: Check) -> str:
    """The check for the terminal: each quote with its state, then what is reused."""
    lines: list[str] = []
    for quote in result.quotes:
        label, colour = _STATES[quote.state]
        who = f" — {shown(quote.speaker)}" if quote.speaker else ""
        lines.append(click.style(label, fg=colour, bold=True) + f"  “{shown(quote.words)}”{who}")
        if quote.attention:
            lines.append(click.style("  ! " + shown(quote.attention), fg="yellow"))
        if quote.trace is not None:
            known = shown(quote.known_speaker) if quote.known_speaker else ""
            known = f"said by {known}" if known else "nobody is credited for certain"
            first = quote.trace.first
            since = f"; first known: {where(first)}" if first is not None else ""
            count = len(quote.trace.versions)
            lines.append(f"  {known}{since}; {count} version{'s' * (count != 1)}")
            if any(edit.op != "equal" for edit in quote.edits) and quote.state != "known":
                lines.append("  " + coloured(quote.edits, quote.text, quote.start))
        elif quote.near is not None and quote.near.likeness > 0:
            lines.append(f"  nearest ({quote.near.likeness:.0%}): “{shown(quote.near.text)}”")
    for title, kept in (
        ("Own words that another article has", [r for r in result.reused if not r.quoted]),
        ("Quotations that another article has", [r for r in result.reused if r.quoted]),
    ):
        if kept:
            lines += ["", click.style(title, bold=True)]
        for r in kept:
            more = f" and {r.others} more" if r.others else ""
            text = shown(_short(r.text)).strip('“”"')
            lines.append(f"  {r.words} words: “{text}”  {where(r.place)}{more}")
    return "\n".join(lines) or "No quotes, and nothing that another article has."


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:58] + " … " + text[-58:]
