"""A description ("the Virginia senator", "the union", "the letter") -> whom it means."""

from __future__ import annotations

import re
from functools import partial
from itertools import islice
from typing import Final

from reuse.lexicon import bare, owns
from reuse.people import Table
from reuse.roles import parties_in, places_in, said_of
from reuse.salience import (
    AUTHORS,
    MOST,
    SURE,
    Resolution,
    author,
    behind_preposition,
    described_as,
    inside,
    salient,
    up_to_noun,
)

# Two letters at least: a number, an hour, an initial means nobody.
_MEANT: Final = re.compile(r"[^\W\d_]{2}|[^\W\d_]\.[^\W\d_]")
# What has a verb of its own: "they're", "that she'll", "it's hard".
_CLAUSE: Final = re.compile(
    r"['’](?:re|ve|ll|d|m)\b|\b(?:it|there|that|what|let|here)['’]s\b", re.I
)


def described(
    table: Table, first: int, last: int, listeners: frozenset[int], previous: int | None
) -> Resolution:
    prose, lex = table.prose, table.lexicon
    phrase = " ".join(prose.text[prose.starts[first] : prose.end(last - 1)].split()).strip(" ,;:")
    core = _core(table, first, last)
    head = core[-1]
    if not _MEANT.search(phrase) or _CLAUSE.search(phrase):
        return Resolution(None, 0.0, f"“{phrase}” names nobody")
    if core[0] in lex["adverbs"] and not lex.role(head):
        return Resolution(None, 0.0, f"“{phrase}” names nobody")
    if head in lex["measures"] and prose.lower[first] not in lex["indefinite"]:
        return Resolution(None, 0.0, f"“{phrase}” names nobody")
    role = lex.role(head)
    if head in lex["documents"] and not role:
        return _document(table, first, last, phrase, head)
    if head in lex["collectives"]:
        return _organisation(table, first, last, phrase, head, listeners, previous)
    if role or head in lex["one_of_several"]:
        apposed = _apposed(table, first, last)
        if apposed is not None:
            name = table.entities[apposed].name
            return Resolution(apposed, 0.9, f"“{phrase}” stands beside {name}")
    if role and prose.lower[first] not in lex["indefinite"]:
        found = _by_role(table, first, core, phrase, listeners, previous)
        if found is not None:
            return found
        phrase = _belonging(table, first, last, phrase, listeners, previous)
        same = _described_before(table, head)
        if same is not None and not _belongs_apart(table, phrase, table.entities[same].name):
            name = table.entities[same].name
            return Resolution(same, 0.75, f"“{phrase}” is “{name}”, not named")
        if lex.meaning("parties", head) and not head.endswith("s"):
            return Resolution(None, 0.0, f"which of the party “{phrase}” means is not said")
    if lex.nouns_have_capitals and last - first == 1 and phrase[0].isupper():
        # One noun without an article, and none that the tables know: a name.
        called = described_as(table, bare(phrase), "")
        return Resolution(called, 0.75, "named as the article always names them")
    return Resolution(described_as(table, phrase, "unnamed"), 0.8, "described, not named")


def _apposed(table: Table, first: int, last: int) -> int | None:
    """Whom a description names beside itself: "his partner, Tom Reed", "Ann Lee, a lawyer"."""
    words, lex = table.prose.words, table.lexicon
    if words[last : last + 1] == ["of"]:
        # "One of them, Tom Reed,"
        last = next((k for k in range(last, min(last + 6, len(words))) if words[k] == ","), last)
    if last < len(words) and words[last] == ",":
        for o in inside(table, last + 1, last + 8)[:1]:
            titles = table.prose.lower[last + 1 : o.first - o.name.ahead]
            if (
                not owns(words[o.last - 1])  # "a resident, Tom Reed's neighbour,"
                and table.entities[o.entity].may_be_a_person
                and all(
                    w in lex.introducing or w == "." or (o.name.ahead and w == "state")
                    for w in titles
                )
            ):
                return o.entity
    if first > 1 and words[first - 1] == "," and table.prose.lower[first] in lex["indefinite"]:
        before = inside(table, first - 4, first - 1)
        if before and before[-1].last == first - 1:
            entity = table.entities[before[-1].entity]
            return before[-1].entity if entity.may_be_a_person else None
    return None


def _described_before(table: Table, head: str) -> int | None:
    """Who was described with the same noun last: "a police spokesman", then "the spokesman"."""
    for (kind, _), e in islice(reversed(table.described.items()), MOST):
        if kind == "unnamed" and head in {bare(w.lower()) for w in table.entities[e].words}:
            return e
    return None


def _belonging(
    table: Table,
    first: int,
    last: int,
    phrase: str,
    listeners: frozenset[int],
    previous: int | None,
) -> str:
    """A description with the name of whom its pronoun means: "Tom Reed's partner" for "his"."""
    prose, lex = table.prose, table.lexicon
    word = prose.lower[first]
    if word not in lex["possessing"]:
        return phrase
    gender = "m" if word in lex["male"] else "f"
    whose = salient(table, first, gender, listeners, previous, word)
    if whose.person is None or whose.confidence < _WHOSE:
        return phrase
    entity = table.entities[whose.person]
    if not entity.spans:
        return phrase
    rest = prose.text[prose.starts[first + 1] : prose.end(last - 1)]
    return f"{entity.name}'s {' '.join(rest.split())}".rstrip(" ,;:")


def _belongs_apart(table: Table, phrase: str, name: str) -> bool:
    """Whether two descriptions say, or may say, of two people whose they are."""
    one, other = _OWNER.match(phrase), _OWNER.match(name)
    if one is None:  # "her", and of whom is not known
        owned = phrase.partition(" ")[0].lower() in table.lexicon["possessing"]
        return owned and other is not None
    return other is not None and one[0] != other[0]


_OWNER: Final = re.compile(r"\S.*?['’]s ")
# How sure it must be whom "his" means, for a name to be put in its place.
_WHOSE: Final = 0.7


def _core(table: Table, first: int, last: int) -> list[str]:
    """The words of a description up to what comes behind its noun."""
    return up_to_noun(table.prose.lower[first:last], table.lexicon)


def _by_role(
    table: Table,
    first: int,
    core: list[str],
    phrase: str,
    listeners: frozenset[int],
    previous: int | None,
) -> Resolution | None:
    """Somebody who is called so, or the most salient of whom it could be said."""
    lex, head = table.lexicon, table.lexicon.role(core[-1])
    wanted = set(lex.meaning("role_classes", head)) or {head}
    wider = {b for c in (*wanted, head) for b in lex.meaning("class_members", c)}
    places, parties = places_in(core, lex), parties_in(core, lex)
    modifiers = {w for w in core[:-1] if w not in lex["function_words"] and w not in lex.places}
    modifiers -= lex["title_words"] | lex["nationalities"] | lex["groups"] | {""}
    party = bool(lex.meaning("parties", head))
    fits = partial(_called, table, wanted, wider, places, parties, modifiers, party)
    gender = lex.genders.get(head, "any")
    found = salient(table, first, gender, listeners, previous, f"“{phrase}”", fits)
    if found.person is None:
        return None
    entity = table.entities[found.person]
    if entity.may_be_a_person and entity.spans:
        _, have, theirs, mine = said_of(table, found.person)
        if party and places:
            if parties & mine and places & theirs:
                why = f"{entity.name} is of that party and place"
                return Resolution(found.person, found.confidence, f"“{phrase}”: {why}")
        elif called := have & wanted or have & wider:
            why = f"{entity.name} is called {', '.join(sorted(called))}"
            return Resolution(found.person, found.confidence, f"“{phrase}”: {why}")
    if not wanted.isdisjoint(lex["nameless"]) or party or core[0] in lex["possessing"]:
        # Nobody is said to be a spokesman: then the article means to name none. And "his father"
        # is another than whoever is in mind.
        return None
    sure = SURE.described
    if found.person == previous:
        sure = SURE.otherwise if said_of(table, found.person)[1] else SURE.goes_on
    return Resolution(found.person, round(found.confidence * sure, 4), found.evidence)


def _called(
    table: Table,
    wanted: set[str],
    wider: set[str],
    places: set[str],
    parties: set[str],
    modifiers: set[str],
    party: bool,
    e: int,
) -> float:
    """What a description says for one of the people: a role of the kinds that are wanted, or of
    wider ones; places, parties and other words that go with it."""
    entity = table.entities[e]
    if not entity.may_be_a_person or not entity.spans:
        return 0.0
    said, have, theirs, mine = said_of(table, e)
    if party and places and not places & theirs:
        return -2.0  # a party has many members; the place says which
    score = 3.2 if have & wanted else 2.2 if have & wider else -0.6 if have else 0.0
    if places and theirs:
        score += 1.5 if places & theirs else -0.8
    score += min(3.0, 1.2 * len(modifiers.intersection(said)))
    if parties and mine:
        score += 1.2 if parties & mine else -2.0
    return score


def _organisation(
    table: Table,
    first: int,
    last: int,
    phrase: str,
    head: str,
    listeners: frozenset[int],
    previous: int | None,
) -> Resolution:
    """ "the Holt campaign" is called after somebody; "the union" is one of those named."""
    owners = inside(table, first, last)
    if owners:
        owner = table.entities[owners[0].entity]
        called = owner.words[-1] if owner.may_be_a_person else owner.name
        return Resolution(
            described_as(table, f"{called} {head}", "organisation"), 0.8, f"“{phrase}”"
        )
    fits = partial(_is_body, table, head)
    found = salient(table, first, "thing", listeners, previous, f"“{phrase}”", fits)
    if found.person is not None and _is_body(table, head, found.person) > 0:
        if not _another(table, first, head, found.person):
            return found
        unnamed = described_as(table, phrase, "unnamed")
        return Resolution(unnamed, 0.6, "an organisation described, not named")
    if found.person is not None:
        body = table.entities[found.person].kind == "organisation"
        sure = SURE.goes_on if body or found.person == previous else SURE.described
        return Resolution(found.person, round(found.confidence * sure, 4), found.evidence)
    unnamed = described_as(table, phrase, "unnamed")
    return Resolution(unnamed, 0.6, "an organisation described, not named")


def _is_body(table: Table, head: str, e: int) -> float:
    """What the head of a description ("union") says for one of the bodies."""
    entity = table.entities[e]
    bodies = table.lexicon["bodies"]
    if entity.kind == "organisation" and head in entity.keys:
        return 3.0
    if head in bodies and entity.kind == "organisation" and not bodies.isdisjoint(entity.keys):
        return 1.5
    # The company is not the Holt Foundation.
    return -2.0 if entity.keys[-1] in table.lexicon["collectives"] else 0.0


def _another(table: Table, first: int, head: str, e: int) -> bool:
    """Whether the noun was said of another body since this one was named: "the trade group for
    pilots", then "the group"."""
    lower, words, lex = table.prose.lower, table.prose.words, table.lexicon
    named = [table.occurrences[i] for i in table.entities[e].spans]
    since = max((o.last for o in named if o.first < first), default=0)
    for i in range(first - 1, max(since, first - _SAME_NOUN), -1):
        if lower[i] == head == words[i] and words[i + 1] in ("for", "of", "that", "which"):
            return any(lower[k] in lex["indefinite"] or lower[k] == "the" for k in (i - 2, i - 3))
    return False


_SAME_NOUN: Final = 60  # tokens back to where a noun was said of a body
_LETTER_REACH: Final = 400  # tokens back to where a document was spoken of first


def _document(table: Table, first: int, last: int, phrase: str, head: str) -> Resolution:
    """Who speaks in a document where the text says it, else the document itself."""
    lower, lex = table.prose.lower, table.lexicon
    for o in inside(table, first, last):
        governed = behind_preposition(table.prose.words, lower, first, o.first, lex)
        by = lower[o.first - 1] in lex["authors"] or lower[o.first - 2] in lex["authors"]
        if table.entities[o.entity].kind in AUTHORS and (by or not governed):
            return _by(table, o.entity, phrase, 0.75)
    alike = {head, *lex.meaning("document_classes", head)}
    for i in range(first - 1, max(0, first - _LETTER_REACH), -1):
        word = lower[i]
        if word == head or not alike.isdisjoint(lex.meaning("document_classes", word)):
            whose = author(table, i)
            if whose is not None:
                return _by(table, whose, phrase, 0.65)
    # "Its forecast" here and "the forecast" there are one document.
    if lower[first] in lex["owned"]:
        phrase = f"the {phrase.partition(' ')[2]}"
    document = described_as(table, phrase, "document")
    return Resolution(document, 0.75, "a document; who wrote it is not said")


def _by(table: Table, e: int, phrase: str, sure: float) -> Resolution:
    return Resolution(e, sure, f"“{phrase}” is by {table.entities[e].name}")
