"""A mention ("Kaine", "the Virginia senator", "he") -> whom of the article's people it means."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import Final

from reuse.descriptions import described
from reuse.lexicon import bare, first_names, owns
from reuse.naming import PARTY
from reuse.people import Occurrence, Span, Table
from reuse.salience import (
    SURE,
    Resolution,
    behind_preposition,
    described_as,
    inside,
    namesakes,
    salient,
)

# How often "they" is one body and not several people.
_SEVERAL: Final = 0.6
# Of two who bear a surname, how likely a guess is.
_EVEN: Final = 0.45
_ANOTHER: Final = 0.3
_CONTRACTED: Final = re.compile("['’](?:re|ve|ll|d|m)$")
# What closes a title within a mention.
_MARKS: Final = frozenset(("”", '"', "''", "’", "»", "“"))
_NOBODY: Final = "nobody is named beside the words"


def resolve(
    table: Table,
    start: int | None,
    end: int | None,
    *,
    quote: Span,
    told: Span | None = None,
    previous: int | None = None,
    around: int | None = None,
) -> Resolution:
    """Whom the words ``text[start:end]`` mean, as the mention of a quote.

    ``told`` is the one spoken to, ``previous`` the entity that uttered the quote before, ``around``
    the one that utters the quote which this one stands in. Without a mention the likeliest speaker
    at the quote is judged, with little confidence.
    """
    starts = table.prose.starts
    if start is None or end is None:
        at = bisect_left(starts, quote[0])
        found = salient(table, at, "any", listeners(table, told), previous, _NOBODY)
        return Resolution(found.person, round(found.confidence * 0.7, 4), found.evidence)
    first, last = bisect_left(starts, start), bisect_left(starts, end)
    if first >= last:
        return Resolution(None, 0.0, "")
    known = table.resolved.get((first, last))
    if known is not None:
        return Resolution(*known)  # the next part of an utterance has the same mention
    if around is not None and table.prose.lower[first] in table.lexicon["first_person"]:
        found = _own(table, first, last, around)
    else:
        found = _resolved(table, first, last, listeners(table, told), previous)
    table.resolved[first, last] = found.person, found.confidence, found.evidence
    if found.person is not None:
        table.entities[found.person].speaks += 1
        table.uttered.append((first, found.person))
    return found


def _own(table: Table, first: int, last: int, around: int) -> Resolution:
    """Whom the first person in a quote means: "I" who utters it, "my mother" Ann Lee's mother."""
    prose = table.prose
    if last - first == 1:
        return Resolution(around, 0.95, f"“{prose.words[first]}” is who speaks around it")
    if prose.lower[first] not in table.lexicon["mine"]:
        return Resolution(None, 0.0, "somebody whom the speaker knows")
    whose = prose.text[prose.starts[first + 1] : prose.end(last - 1)]
    phrase = f"{table.entities[around].name}'s {' '.join(whose.split())}"
    return Resolution(described_as(table, phrase, "unnamed"), 0.8, "described, not named")


def listeners(table: Table, told: Span | None) -> frozenset[int]:
    """Those whom the one spoken to names."""
    if told is None:
        return frozenset()
    starts = table.prose.starts
    first, last = bisect_left(starts, told[0]), bisect_left(starts, told[1])
    return frozenset(o.entity for o in inside(table, first, last))


def _resolved(
    table: Table, first: int, last: int, listeners: frozenset[int], previous: int | None
) -> Resolution:
    word, lex = bare(table.prose.lower[first]), table.lexicon
    if last - first == 1:
        word = _CONTRACTED.sub("", word)  # she'll
        if word in lex["male"] or word in lex["female"]:
            gender = "m" if word in lex["male"] else "f"
            found = salient(table, first, gender, listeners, previous, f"“{word}”")
            if found.person is not None and found.confidence > 0.7:
                entity = table.entities[found.person]
                entity.gender = entity.gender or gender
            return found
        if word in lex["thing"]:
            found = salient(table, first, "thing", listeners, previous, f"“{word}”")
            # Several people may be meant, and several are nobody's quote.
            doubt = _SEVERAL if word in lex["several"] else 1.0
            return Resolution(found.person, round(found.confidence * doubt, 4), found.evidence)
        if word in lex["first_person"]:
            return Resolution(None, 0.0, f"“{word}” is whoever writes")
        if word in lex["relative"]:
            return _antecedent(table, first, word, listeners, previous)
    return (
        _tagged(table, first)
        or _named(table, first, last)
        or described(table, first, last, listeners, previous)
    )


# --- Names --------------------------------------------------------------------------------------


def _named(table: Table, first: int, last: int) -> Resolution | None:
    """The name at the head of a mention: none that only describes whoever is meant."""
    lower, lex = table.prose.lower, table.lexicon
    last = _whole(table, first, last)
    for o in _cut(table, first, last) or inside(table, first, last):
        if _describes(table, o, first, last):
            continue
        more = _goes_on(table, o, last)
        if more == "/":
            return Resolution(o.entity, _ANOTHER, f"“{o.name.text}” is part of a longer name")
        if more:
            known = described_as(table, f"{o.name.text} {more}", "person")
            return Resolution(known, 0.8, "named in full")
        begin = o.first - o.name.ahead
        if table.entities[o.entity].kind == "place":
            native = _from_there(table, begin)
            if native is not None:
                name = table.entities[native].name
                return Resolution(native, SURE.part, f"{name}, of {o.name.text}")
        sure, why = _how(table, o)
        if lex["courtesy"].isdisjoint(o.name.titles):
            begin = o.first  # a senior adviser is nobody's son
        around = (*lower[max(first, begin - 1) : o.first], *lower[o.last : min(last, o.last + 1)])
        if not lex["generations"].isdisjoint(around):
            # Which of two is the elder is seldom said; and nobody is so called without a namesake.
            sure = _EVEN if namesakes(table, o) else _ANOTHER
        return Resolution(o.entity, sure, why)
    return None


def _cut(table: Table, first: int, last: int) -> list[Occurrence]:
    """The name that a mention has one side of, cut at a word that is a small one too: "May | Holt
    said", "said Gov. | May Holt"."""
    i = bisect_left(table.firsts, first)
    return [
        o
        for o in table.occurrences[max(i - 1, 0) : i + 1]
        if (o.first < first and o.last == last)
        or (o.first - o.name.ahead <= first and last == o.first)
    ]


def _whole(table: Table, first: int, last: int) -> int:
    """Where a mention ends that stops before its noun: "said Holt | ally Tom Reed"."""
    words, lower, lex = table.prose.words, table.prose.lower, table.lexicon
    if last >= len(words) or lower[last] != words[last] or lower[last] in lex["verbs"]:
        return last
    noun = lower[last] in lex["collectives"] or lower[last] in lex.roles
    if noun and any(o.last == last for o in inside(table, first, last)):
        behind = inside(table, last + 1, last + 6)
        if behind and behind[0].first - behind[0].name.ahead == last + 1:
            return behind[0].last
    return last


def _from_there(table: Table, at: int) -> int | None:
    """Who is from the place at a token: "Ann Lee of Columbia, South Carolina"."""
    words, lex = table.prose.words, table.lexicon
    town = at - 1
    if words[town] != ",":
        return None
    while words[town - 1][0].isupper() and at - town < 4:
        town -= 1
    before = inside(table, town - 4, town - 1)
    if table.prose.lower[town - 1] not in lex["prepositions"] or not before:
        return None
    whose = before[-1]
    person = table.entities[whose.entity].may_be_a_person and whose.last == town - 1
    return whose.entity if person else None


def _describes(table: Table, o: Occurrence, first: int, last: int) -> bool:
    """Whether a name only describes whom a mention means: it owns, stands behind a preposition,
    before a noun, is a party's ("the Ohio Democrat"), or one of a kind ("a Harbor Star")."""
    words, lower, lex = table.prose.words, table.prose.lower, table.lexicon
    entity, begin = table.entities[o.entity], o.first - o.name.ahead
    person = entity.kind == "person"
    if owns(words[o.last - 1]) and o.last < last:
        return True  # Apple's chief executive
    if behind_preposition(words, lower, first, begin, lex, not entity.may_be_a_person):
        return True  # a spokesman for the Holt campaign
    if not person and lex.meaning("parties", o.name.keys[-1]):
        return True
    if o.last >= last:
        return False
    behind = words[o.last]
    if behind in _MARKS:
        # the “Harbour” star: what stands between marks is called so, and the star is not
        noun = lower[o.last + 1] if o.last + 1 < last else ""
        return noun[:1].isalpha() and noun == words[o.last + 1]
    if behind == lower[o.last]:
        if o.last == last - 1 and behind.endswith("ed") and behind not in lex.roles:
            return False  # Holt restricted: a verb that no table has
        # Holt campaign spokesman Tom Reed
        return behind[0].isalnum() and lower[o.last] not in lex.behind_a_name
    # Harbor-based lawyer Tom Reed; of a person it may be a day or a title
    return not person and behind[0].isupper()


def _goes_on(table: Table, o: Occurrence, last: int) -> str:
    """What a name goes on with behind its mention: "/", or a surname that is a small word too."""
    words, lower = table.prose.words, table.prose.lower
    if o.last != last or last >= len(words):
        return ""
    if words[last] == "/":
        return "/"
    word = words[last]
    small = word.istitle() and lower[last] in table.lexicon["prepositions"]
    given = len(o.name.keys) == 1 and o.name.keys[0] in first_names()
    return word if small and given and not o.heading else ""


def _tagged(table: Table, first: int) -> Resolution | None:
    """Whom a party and a state are said of: "Tom Reed (D-Ohio)", "Ann Lee, R-Wis."."""
    words = table.prose.words
    if table.prose.lower[first][:2] not in PARTY or words[first - 1] not in {"(", ","}:
        return None
    before = [o for o in inside(table, first - 8, first) if o.last == first - 1]
    if not before:
        return None
    name = table.entities[before[-1].entity].name
    return Resolution(before[-1].entity, SURE.part, f"said of {name}")


def _how(table: Table, o: Occurrence) -> tuple[float, str]:
    entity = table.entities[o.entity]
    if len(o.name.keys) > 1:
        return SURE.full, "named in full"
    if len(entity.keys) < 2:
        return SURE.only, "named as the article always names them"
    rivals = namesakes(table, o)
    part = "surname" if entity.keys[-1] == o.name.keys[-1] else "name"
    if o.name.keys[0] in table.aliases:
        part = "letters"
    if rivals:
        why = f"{part} of {entity.name}, of {len(rivals) + 1} in the article who bear it"
        return SURE.shared, why
    return SURE.part, f"{part} of {entity.name}"


def _antecedent(
    table: Table, at: int, word: str, listeners: frozenset[int], previous: int | None
) -> Resolution:
    """ "who" means the name before it, in the same sentence."""
    i = bisect_left(table.firsts, at)
    for o in reversed(table.occurrences[max(0, i - 3) : i]):
        near = at - o.last < 25 and "." not in table.prose.words[o.last : at]
        if near and (word != "who" or table.entities[o.entity].may_be_a_person):
            return Resolution(o.entity, 0.8, f"“{word}” follows {o.name.text}")
    return salient(table, at, "any", listeners, previous, f"“{word}”")
