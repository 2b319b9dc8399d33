"""A draft and a database -> what in it is reused and from where, and how true its quotes are.

Nothing is written. The draft is read as an article is (`reading`), each of its utterances is traced
(`tracing`), and its sentences are looked up in the text of all articles.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import click

from reuse.alignment import alignment
from reuse.edits import Comparison, comparison
from reuse.kinship import bits
from reuse.model import Person
from reuse.reading import read
from reuse.rows import quote_rows
from reuse.tracing import (
    ENOUGH,
    QUICK,
    Near,
    Place,
    Trace,
    coloured,
    nearest,
    place,
    search,
    shown,
    trace_quote,
)
from reuse.utterances import by_article, utterances
from reuse.words import Words, common, folded, sentences, words, words_of

_WORD = re.compile(r"[^\W_]+")

State = Literal["known", "changed", "other_speaker", "unknown"]

# A speaker of the draft below this is not held against the database.
SURE = 0.7
# Articles whose text a sentence of the draft is compared with.
ARTICLES = 3
# A stretch is reused from so many words, or bits, in a row on; a name and a title are not.
REUSED_WORDS = 8
REUSED_BITS = 55.0
# Words of either side that may stand between two reused stretches of one passage.
GAP = 6
# Versions of a family that a quote of the draft is compared with.
VERSIONS = 24

CHANGES = ("same", "shortened", "spliced", "bracketed", "altered", "paraphrased")


@dataclass(frozen=True, slots=True)
class Checked:
    """One utterance of the draft against the database.

    ``draft[start:end]`` is its first to its last part. `state` is ``known`` (these words, as some
    version has them), ``changed`` (no version has them so), ``other_speaker`` (the draft credits
    somebody whom no version credits) or ``unknown``; `attention` says what is to look at, in a
    sentence.
    """

    start: int
    end: int
    text: str
    speaker: str | None
    state: State
    attention: str | None
    known_speaker: str | None
    trace: Trace | None
    near: Near | None


@dataclass(frozen=True, slots=True)
class Reused:
    """A stretch of the draft that an article has: ``draft[start:end]``, and where it has it."""

    start: int
    end: int
    text: str
    words: int
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
    rows = quote_rows("", reading.quotes, lambda person: f"{person}", 0.0)
    said = utterances(by_article(rows).get("", []), None, language)
    quotes: list[Checked] = []
    for u in said:
        if not u.quoted:
            continue
        wanted = words_of(u.parts, language)
        person = names.get(u.speaker_id or "")
        speaker = person.name if person is not None and u.confidence >= SURE else None
        quotes.append(_checked(db, draft, u.start, u.end, wanted, speaker, person))
    quotes.sort(key=lambda quote: (quote.start, quote.end))
    return Check(tuple(quotes), tuple(reused(db, draft, language)))


def _checked(
    db: sqlite3.Connection,
    draft: str,
    start: int,
    end: int,
    wanted: Words,
    speaker: str | None,
    person: Person | None,
) -> Checked:
    near = nearest(db, wanted)
    best = near[0] if near else None
    if best is None or best.likeness < ENOUGH:
        return Checked(start, end, wanted.text, speaker, "unknown", None, None, None, best)
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
    if named and credited and not any(_same_name(person, name) for name in credited):
        state = "other_speaker"
        others = f"Elsewhere credited to {', '.join(sorted(credited))}."
        attention = f"{others} {attention}" if attention else others
    return Checked(start, end, wanted.text, speaker, state, attention, found.speaker, found, best)


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


def reused(db: sqlite3.Connection, draft: str, language: str | None) -> list[Reused]:
    """The stretches of the draft that some article has, each with the earliest that has most."""
    whole = words(draft, [(0, len(draft))], language)
    bodies: dict[str, tuple[str, str | None, str]] = {}
    texts: dict[str, Words] = {}
    hits: dict[str, list[tuple[int, int]]] = defaultdict(list)
    spots: dict[tuple[str, int], int] = {}
    for first, last in sentences(whole):
        if last - first < REUSED_WORDS:
            continue
        sentence = words(draft, [(whole.starts[first], whole.ends[last - 1])], language)
        runs = _telling_runs(sentence)
        for article_id in _articles(db, sentence):
            if article_id not in bodies:
                (body, own) = db.execute(
                    "SELECT text, language FROM articles WHERE id = ?", [article_id]
                ).fetchone()
                bodies[article_id] = body, own, " ".join(_plain(body))
            body, own, plain = bodies[article_id]
            if not any(run in plain for run in runs):
                continue
            if article_id not in texts:
                texts[article_id] = words(body, [(0, len(body))], own)
            there = texts[article_id]
            for a, b, at in _runs(sentence, there):
                hits[article_id].append((first + a, first + b))
                spots[article_id, first + a] = at
    found: list[tuple[int, int, str]] = []
    for article_id in sorted(hits):
        for a, b in _merged(hits[article_id]):
            found.append((a, b, article_id))
    return _chosen(db, draft, whole, found, texts, spots)


def _articles(db: sqlite3.Connection, sentence: Words) -> list[str]:
    asked = [folded(word) for word in sentence.text.split() if word.isalnum()]
    rows = search(db, "articles", asked, sentence.language, "articles.id", ARTICLES, QUICK)
    return [row[0] for row in rows]


def _plain(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _telling_runs(sentence: Words) -> list[str]:
    """Every three plain words in a row, if one of them tells something.

    Where an article has none of them it has no stretch of the sentence, and need not be aligned.
    """
    plain = _plain(sentence.text)
    tells = [not common(word, sentence.language, 5.2) for word in plain]
    return [" ".join(plain[n : n + 3]) for n in range(len(plain) - 2) if any(tells[n : n + 3])]


def _runs(sentence: Words, there: Words) -> list[tuple[int, int, int]]:
    """Stretches of a sentence that an article has: words from, to, and the article's word."""
    steps = [
        (i, j)
        for i, j in alignment(sentence, there)
        if i >= 0 and j >= 0 and sentence.keys[i] == there.keys[j]
    ]
    result: list[tuple[int, int, int]] = []
    run: list[tuple[int, int]] = []
    for step in [*steps, (-(10**9), 0)]:
        if run and not (0 < step[0] - run[-1][0] <= GAP and 0 < step[1] - run[-1][1] <= GAP):
            told = sum(bits(sentence.keys[i], sentence.language) for i, _ in run)
            if len(run) >= REUSED_WORDS and told >= REUSED_BITS:
                result.append((run[0][0], run[-1][0] + 1, run[0][1]))
            run = []
        run.append(step)
    return result


def _merged(found: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    result: list[tuple[int, int]] = []
    for a, b in sorted(found):
        if result and a - result[-1][1] <= GAP:
            result[-1] = (result[-1][0], max(result[-1][1], b))
        else:
            result.append((a, b))
    return result


def _chosen(
    db: sqlite3.Connection,
    draft: str,
    whole: Words,
    found: Sequence[tuple[int, int, str]],
    texts: dict[str, Words],
    spots: dict[tuple[str, int], int],
) -> list[Reused]:
    """Of stretches in several articles the longest, then the earliest; the others are counted."""
    dates = {
        key: db.execute("SELECT published FROM articles WHERE id = ?", [key]).fetchone()[0] or "~"
        for key in {row[2] for row in found}
    }
    ranked = sorted(found, key=lambda row: (-(row[1] - row[0]), dates[row[2]], row[2], row[0]))
    kept: list[tuple[int, int, str, set[str]]] = []
    for a, b, key in ranked:
        home = next((k for k in kept if min(b, k[1]) - max(a, k[0]) > (b - a) // 2), None)
        if home is None:
            kept.append((a, b, key, {key}))
        else:
            home[3].add(key)
    result: list[Reused] = []
    for a, b, key, keys_of in sorted(kept):
        start, end = whole.offset(whole.reach(a, b - 1)[0]), whole.offset(whole.reach(a, b - 1)[1])
        there = texts[key]
        first = spots.get((key, a), 0)
        last = min(first + b - a - 1, len(there) - 1)
        result.append(
            Reused(
                start=start,
                end=end,
                text=draft[start:end],
                words=b - a,
                place=place(
                    db, key, there.offset(there.starts[first]), there.offset(there.ends[last])
                ),
                others=len(keys_of) - 1,
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
        lines.append(click.style(label, fg=colour, bold=True) + f"  “{shown(quote.text)}”{who}")
        if quote.attention:
            lines.append(click.style("  ! " + shown(quote.attention), fg="yellow"))
        if quote.trace is not None:
            asked = quote.trace.asked
            known = quote.known_speaker or "nobody is credited for certain"
            lines.append(f"  said by {shown(known)}; {len(quote.trace.versions)} versions")
            if quote.state == "changed" and asked is not None:
                lines.append("  " + coloured(asked.edits, quote.text, 0))
        elif quote.near is not None and quote.near.likeness > 0:
            lines.append(f"  nearest ({quote.near.likeness:.0%}): “{shown(quote.near.text)}”")
    if result.reused:
        lines += ["", click.style("Also elsewhere", bold=True)]
    for r in result.reused:
        more = f" and {r.others} more" if r.others else ""
        when = r.place.published or "no date"
        lines.append(
            f"  {r.words} words: “{shown(_short(r.text))}”  "
            f"{shown(r.place.outlet or r.place.source)}, {shown(when)}{more}"
        )
    return "\n".join(lines) or "No quotes, and nothing that another article has."


def _short(text: str) -> str:
    return text if len(text) <= 120 else text[:58] + " … " + text[-58:]
