"""A person of an article -> what the article says that somebody is."""

from __future__ import annotations

from typing import Final

from reuse.lexicon import Lexicon, bare, fold
from reuse.people import Occurrence, Table

# Who somebody is stands at the first few mentions; an appositive of more words is cut.
_ROLES_FROM: Final = 6
_APPOSITIVE_WORDS: Final = 22


def roles(table: Table, e: int) -> tuple[str, ...]:
    """What the article says somebody is: words before the name, brackets and appositives behind."""
    entity = table.entities[e]
    if entity.roles is None:
        found: dict[str, None] = {}
        for number in entity.spans[:_ROLES_FROM]:
            o = table.occurrences[number]
            for role in (*_before(table, o), *_behind(table, o)):
                found[role] = None
        entity.roles = tuple(found)
    return entity.roles


def _before(table: Table, o: Occurrence) -> list[str]:
    """ "Danish journalist Ida Lund", "Holt campaign manager Tom Reed"."""
    words, lower, lex = table.prose.words, table.prose.lower, table.lexicon
    begin = table.prose.sentences[o.sentence][0]
    if o.first == begin:
        return []
    if words[o.first - 1] == ",":
        # "the head of the water board, Tom Reed"
        for i in range(o.first - 2, max(begin, o.first - _APPOSITIVE_WORDS) - 1, -1):
            stop = words[i] in _STOPS
            if stop or lower[i] in _DETERMINERS:
                if not lex.roles.isdisjoint(lower[i + 1 : i + 4]):
                    return [" ".join(words[i : o.first - 1])]
                if stop:
                    break
        return []
    first, least = o.first, max(begin, o.first - 7)
    while first > least:
        word = lower[first - 1]
        if word in _LINKS and (
            first - 1 == begin or lower[first - 2] not in lex.roles or first == o.first
        ):
            break
        if word in lex.unsaid or not word[0].isalnum():
            break
        first -= 1
    if first < o.first:
        said = {w.rstrip(".") for w in lower[first : o.first]} - lex["courtesy"]
        if not said.isdisjoint(lex.roles):
            return [" ".join(words[first : o.first])]
    return []


def _behind(table: Table, o: Occurrence) -> list[str]:
    """ "(D-Va.)", ", the mayor of Leeds,", ", who heads the union,", " is a lawyer"."""
    words, lower = table.prose.words, table.prose.lower
    end = table.prose.sentences[o.sentence][1]
    out: list[str] = []
    i = o.last
    if i >= end or lower[i] not in _LEADS:
        return out
    if words[i] == "(":
        close = next((k for k in range(i + 1, min(end, i + 9)) if words[k] == ")"), 0)
        if close:
            out.append(table.prose.text[table.prose.starts[i + 1] : table.prose.end(close - 1)])
            i = close + 1
    comma = i < end and words[i] == ","
    if comma:
        i += 1
        if i + 1 < end and words[i].isdigit() and words[i + 1] == ",":
            i += 2
    if i >= end:
        return out
    opens = lower[i] in _OPENERS or lower[i] in table.lexicon.roles or words[i][:2] in {"R-", "D-"}
    if (comma and opens) or (not comma and lower[i] in {"of", "is", "was", "became"}):
        if not comma and lower[i] != "of":
            i += 1
            if i >= end or lower[i] not in {"a", "an", "the", "one"}:
                return out
        stop = i
        while stop < min(end, i + _APPOSITIVE_WORDS) and words[stop] not in _STOPS:
            stop += 1
        if stop > i:
            out.append(
                " ".join(
                    table.prose.text[table.prose.starts[i] : table.prose.end(stop - 1)].split()
                )
            )
    return out


_LEADS: Final = frozenset(("(", ",", "of", "is", "was", "became"))
_OPENERS: Final = frozenset(
    [
        "a",
        "an",
        "the",
        "one",
        "who",
        "whose",
        "his",
        "her",
        "their",
        "then",
        "former",
        "now",
        "executive",
        "vice",
    ]
)
_DETERMINERS: Final = frozenset(("the", "a", "an", "its", "his", "her", "their"))
_LINKS: Final = frozenset(("of", "and", "for"))
_STOPS: Final = frozenset([",", ".", ";", ":", "“", "”", '"', "(", ")", "—", "–", "--"])


# --- As words that can be compared --------------------------------------------------------------


def said_of(table: Table, e: int) -> tuple[list[str], set[str], set[str], set[str]]:
    """What is said of somebody: the words, their offices, places and parties."""
    if e not in table.said:
        lex = table.lexicon
        said = [word for role in roles(table, e) for word in _words(role)]
        said += table.entities[e].titles
        table.said[e] = said, _classes(said, lex), places_in(said, lex), parties_in(said, lex)
    return table.said[e]


def _words(role: str) -> list[str]:
    for sign in ",()-–/":
        role = role.replace(sign, " ")
    return [fold(bare(w.strip("\"“”'‘’.:;"))) for w in role.split()]


def _classes(words: list[str], lex: Lexicon) -> set[str]:
    """The offices in words: "senator" for "Sen.", and "foreign minister" beside "minister"."""
    out: set[str] = set()
    for before, word in zip(("", *words), words, strict=False):
        if role := lex.role(word) or (word if lex.meaning("role_classes", word) else ""):
            out.update(lex.meaning("role_classes", role) or (role,))
            if before:
                out.add(f"{before} {word}")
    return out


def places_in(words: list[str], lex: Lexicon) -> set[str]:
    """The countries and states in words, from "Virginia", "Va.", "Iranian"."""
    out: set[str] = set()
    for before, word in zip(("", *words), words, strict=False):
        for phrase in (word, f"{before} {word}"):
            if phrase in lex.places:
                out.add(phrase)
            out.update(lex.meaning("nationalities", phrase))
            out.update(lex.meaning("states", phrase))
    return out


def parties_in(words: list[str], lex: Lexicon) -> set[str]:
    return {party for word in words for party in lex.meaning("parties", word)}
