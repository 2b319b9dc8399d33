"""A place in an article -> who is in mind there: whom a pronoun or a description may mean."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass
from math import exp, log
from typing import Final

from reuse.lexicon import Lexicon, bare, owns
from reuse.people import Entity, Occurrence, Table


@dataclass(frozen=True, slots=True)
class Resolution:
    """Whom a mention means: an index into ``Table.entities``, how sure, and why."""

    person: int | None
    confidence: float
    evidence: str


@dataclass(frozen=True, slots=True)
class Weights:
    """What speaks for somebody whom a pronoun may mean, in natural logarithms of the odds.

    Read off the pronouns of 84 labelled articles and rounded.
    """

    sentence: float = -0.75  # for each sentence between
    paragraph: float = -0.35
    subject: float = 1.2
    possessive: float = -0.8
    object: float = -0.7
    introduced: float = 1.0  # named in full, and here first
    frequency: float = 0.35  # times the logarithm of how often named so far
    speaker: float = 1.0  # who spoke the quote before
    quoted: float = -2.5  # named by somebody else, inside marks
    heading: float = -1.5
    unsure: float = -0.6  # nothing says that this is a person
    one_word: float = -1.2  # nor that one word is a surname rather than a town
    unnamed: float = -0.3  # somebody described once, rather than a person of the story
    unseen: float = -1.5  # rather than another one described, in words that are not found
    gender_unknown: float = -0.7
    mistaken: float = -3.0  # the first name alone speaks for the other sex
    told: float = -2.0  # the one spoken to
    loose: float = -1.5  # capitalised only where everything is
    described: float = 0.5  # what all of this counts beside what a description says


WEIGHTS: Final = Weights()


@dataclass(frozen=True, slots=True)
class Sure:
    """How often such words mean whom they seem to: the share that was right among the quotes of 84
    labelled articles, rounded down."""

    full: float = 0.99  # named in full
    part: float = 0.99  # by a surname that one person of the article has
    shared: float = 0.88  # by one that several have
    only: float = 0.95  # by one word, everywhere
    nearest: float = 0.98  # a pronoun, where nobody else is near
    goes_on: float = 0.8  # a description of whoever spoke before, that nothing else says of them
    otherwise: float = 0.6  # the same of one who is said to be something else
    described: float = 0.5  # the same of whoever is near


SURE: Final = Sure()
# So many people or descriptions are weighed for one mention: more than an article has.
MOST: Final = 300
# Names looked back on: nearer than the reach of any pronoun, and a bound on what one may cost.
_LOOK_BACK: Final = 60
_SENTENCES: Final = 6
_UTTERED: Final = 6


def salient(
    table: Table,
    at: int,
    gender: str,
    listeners: frozenset[int],
    previous: int | None,
    words: str,
    bonus: Callable[[int], float] | None = None,
) -> Resolution:
    """Who is most in mind at a token: near, subject, often named, speaking before.

    ``gender`` is "m", "f", "thing" (no person) or "any" (of any sex); ``bonus`` is what a
    description says for each.
    """
    before = bisect_left(table.firsts, at)
    scores = _scores(table, at, before, gender)
    if bonus:  # a description, unlike a pronoun, is another's than the one spoken to
        for e in listeners:
            scores.pop(e, None)
    for e in scores:
        if bonus:
            scores[e] *= WEIGHTS.described
        scores[e] += WEIGHTS.frequency * log(1 + bisect_left(table.entities[e].spans, before))
        if e == previous:
            scores[e] += WEIGHTS.speaker
        if e in listeners:
            scores[e] += WEIGHTS.told
        if bonus:
            scores[e] += bonus(e)
    if not scores:
        return Resolution(None, 0.0, f"{words}: nobody fits")
    best = min(scores, key=lambda e: (-scores[e], e))
    total = sum([exp(s - scores[best]) for s in scores.values()])
    entity = table.entities[best]
    # Somebody described once, or whose first name is of the other sex: another may be meant.
    doubtful = {entity.gender, gender} == {"f", "m"}
    if doubtful or (not entity.spans and best != previous):
        total += exp(WEIGHTS.unseen - scores[best])
    why = "spoke before and fits" if best == previous else "is the nearest that fits"
    sure = SURE.nearest * (SURE.shared if _shared(table, best, before, gender) else 1.0)
    return Resolution(best, round(sure / total, 4), f"{words}: {entity.name} {why}")


def _shared(table: Table, e: int, before: int, gender: str) -> bool:
    """Whether the last name of somebody before a pronoun is one that another has whom it may mean:
    "Jeb Bush and George Bush came. Bush spoke. He said"."""
    spans = table.entities[e].spans
    n = bisect_left(spans, before)
    if n == 0 or len(table.occurrences[spans[n - 1]].name.keys) > 1:
        return False
    rivals = namesakes(table, table.occurrences[spans[n - 1]])
    return any({table.entities[i].gender, gender} != {"f", "m"} for i in rivals)


# What sentences and paragraphs between count against somebody, by their number.
_SENTENCES_APART: Final = [WEIGHTS.sentence * n for n in range(_SENTENCES + 1)]
_PARAGRAPHS_APART: Final = [WEIGHTS.paragraph * n for n in range(_SENTENCES + 1)]


def _apart(here: tuple[int, int], sentence: int, paragraph: int) -> tuple[float, float]:
    """What the sentences and the paragraphs between count against somebody."""
    s, p = here[0] - sentence, here[1] - paragraph
    return (
        _SENTENCES_APART[s if s < _SENTENCES else _SENTENCES],
        _PARAGRAPHS_APART[p if p < _SENTENCES else _SENTENCES],
    )


def _scores(table: Table, at: int, before: int, gender: str) -> dict[int, float]:
    """For each entity named shortly before, its best occurrence; `before` is the number of the
    first occurrence behind the token."""
    w, entities = WEIGHTS, table.entities
    here = _at(table, at)
    scores: dict[int, float] = {}
    fits: dict[int, float | None] = {}
    sentence = -1
    sentences = paragraphs = 0.0
    for o in reversed(table.occurrences[max(0, before - _LOOK_BACK) : before]):
        e = o.entity
        if e not in fits:
            fits[e] = _fits(table, entities[e], gender)
        fit = fits[e]
        if fit is None:
            continue
        if o.sentence != sentence:
            sentence = o.sentence
            sentences, paragraphs = _apart(here, sentence, o.paragraph)
        if e in scores and scores[e] >= fit + _BEST + sentences + paragraphs:
            continue  # no place in its sentence would make up for the distance
        if o.standing is None:
            o.standing = _standing(table, o)
        score = fit + o.standing + sentences + paragraphs
        if e not in scores or score > scores[e]:
            scores[e] = score
    # Somebody or some document that the text speaks of without a name.
    for token, e in _described_near(table, at, gender):
        governed = token and table.prose.lower[token - 1] in table.lexicon["prepositions"]
        score = w.unnamed + (w.object if governed else w.subject)
        score += _apart(here, *_at(table, token))[0]
        begin = table.prose.sentences[_at(table, token)[0]][0]
        if table.prose.lower[token] != "the" and token == begin:
            score += w.introduced
        if score > scores.get(e, -1e9):
            scores[e] = score
    # Who spoke stays in mind from the words that named them, a pronoun or a description too.
    for token, e in table.uttered[-_UTTERED:]:
        if token >= at:
            continue
        entity = entities[e]
        fit = (
            _fits(table, entity, gender) if entity.spans else _fits_described(table, entity, gender)
        )
        if fit is None:
            continue
        sentences, paragraphs = _apart(here, *_at(table, token))
        score = fit + w.subject + sentences + paragraphs
        if score > scores.get(e, -1e9):
            scores[e] = score
    return scores


# What the best standing is worth; a little more, since sums are rounded.
_BEST: Final = WEIGHTS.subject + WEIGHTS.introduced + 1e-6


# Tokens that a description of somebody unnamed is looked for behind a pronoun.
_NEAR: Final = 50


def _described_near(table: Table, at: int, gender: str) -> list[tuple[int, int]]:
    """Subjects before a pronoun that have no name: "A 29-year-old woman", "The report"."""
    lower, words, lex = table.prose.lower, table.prose.words, table.lexicon
    out: list[tuple[int, int]] = []
    if lex.nouns_have_capitals or gender == "any":
        return out
    wanted, thing = lex.meant_by[gender], gender == "thing"
    begin = max(1, at - _NEAR)
    if wanted.isdisjoint(lower[begin:at]):
        return out
    for i in [i for i, word in enumerate(lower[begin:at], begin) if word in wanted]:
        if lower[i] != words[i]:
            continue
        first = None if thing else _owner_before(table, i)
        if first is None:
            before = range(i - 1, max(-1, i - 6), -1)
            first = next((k for k in before if lower[k] in _ARTICLES), None)
        if first is None:
            continue
        if first and lower[first - 1] in lex["prepositions"] and (thing or lower[first] == "the"):
            continue
        clean = not table.is_quoted(i) and all(w[0].isalnum() for w in lower[first:i])
        behind = i + 1 + (words[i + 1] == ",")
        named = behind < at and words[behind][0].isupper()
        # "The chairman of the anglers, Desmond Tull,"
        named = named or any(
            words[o.first - o.name.ahead - 1] == "," for o in inside(table, i, i + 8)[:1]
        )
        whose = author(table, i) if thing else None
        if whose is not None and table.entities[whose].kind == "organisation":
            out.append((first, whose))
        elif clean and not named:
            phrase = table.prose.text[table.prose.starts[first] : table.prose.end(i)]
            kind = "document" if thing else "unnamed"
            out.append((first, described_as(table, " ".join(phrase.split()), kind, 0)))
    return out


_ARTICLES: Final = frozenset(("a", "an", "the", "another"))


def _owner_before(table: Table, i: int) -> int | None:
    """Where the name begins that owns the noun at a token: "*Tom Gray's* (late) mother"."""
    words = table.prose.words
    for k in (i - 1, i - 2):
        if k >= 0 and owns(words[k]):
            owners = [o for o in inside(table, k - 4, k + 1) if o.last == k + 1]
            return owners[-1].first - owners[-1].name.ahead if owners else None
    return None


def _fits_described(table: Table, entity: Entity, gender: str) -> float | None:
    """What somebody described and not named has for being meant by a pronoun."""
    if gender == "thing":
        return 0.5 if entity.kind in {"document", "organisation"} else None
    if entity.kind != "unnamed":
        return None
    words = [word for w in entity.words if (word := w.lower().strip(",.;:"))]
    head = up_to_noun(words, table.lexicon)[-1]
    if head not in table.lexicon.roles:
        return None  # several people, or none
    if table.lexicon.genders.get(head, gender) != gender:
        return None
    # A judge who was "he" is not "she".
    return None if {entity.gender, gender} == {"f", "m"} else WEIGHTS.unnamed


def _at(table: Table, at: int) -> tuple[int, int]:
    """The sentence and the paragraph of a token."""
    sentences, paragraphs = table.prose.sentences, table.prose.paragraphs
    return (
        bisect_left(sentences, (at + 1, 0)) - 1,
        bisect_left(paragraphs, (at + 1, 0)) - 1,
    )


def _fits(table: Table, entity: Entity, gender: str) -> float | None:
    """What somebody has for or against being meant at all; ``None``: cannot be meant."""
    if gender == "thing":
        if entity.kind == "organisation":
            return 0.5
        return -1.0 if entity.kind == "" and entity.firm and entity.gender is None else None
    if not entity.may_be_a_person:
        return None
    score = 0.0
    if gender in {"m", "f"}:
        if entity.gender is None:
            score += WEIGHTS.gender_unknown
        elif entity.gender != gender:
            if entity.sure or entity.speaks or len(entity.keys) < 2:
                return None
            score += WEIGHTS.mistaken
    if entity.speaks:
        return score
    if entity.kind == "":
        if entity.gender is None and 2 * entity.located >= len(entity.spans):
            return None  # a town
        if table.lexicon.nouns_have_capitals:
            return None  # two nouns
        score += WEIGHTS.unsure
        if len(entity.keys) == 1 and entity.gender is None:
            if not entity.firm:
                return None  # capitalised only where every word is
            score += WEIGHTS.one_word
    if not entity.firm:
        score += WEIGHTS.loose
    return score


def _standing(table: Table, o: Occurrence) -> float:
    """What its place in the sentence is worth; marks and headlines count against somebody."""
    w = WEIGHTS
    score = (w.quoted if o.quoted else 0.0) + (w.heading if o.heading else 0.0)
    if len(o.name.keys) > 1 and table.occurrences[table.entities[o.entity].spans[0]] is o:
        score += w.introduced
    return score + _grammar(table, o)


def _grammar(table: Table, o: Occurrence) -> float:
    """Grammar as far as it shows: subject, owner or object."""
    w, words, lower, lex = WEIGHTS, table.prose.words, table.prose.lower, table.lexicon
    if words[o.last - 1][-2:] in {"'s", "’s", "s'", "s’"}:
        return w.possessive
    if o.last < len(words) and lower[o.last] in lex.modified and lower[o.last] == words[o.last]:
        return w.possessive  # the Holt campaign
    begin, end = table.prose.sentences[o.sentence]
    front = o.first - o.name.ahead
    governed = front > begin and (
        lower[front - 1] in lex["prepositions"]
        or (front - 1 > begin and lower[front - 2] in lex["prepositions"] and not o.name.ahead)
    )
    if governed:
        return w.object
    if front - begin <= 4 or _verb_behind(table, o, end):
        return w.subject
    if lower[front - 1] in lex["verbs"]:
        return w.object
    return 0.0


def _verb_behind(table: Table, o: Occurrence, end: int) -> bool:
    """Whether a verb follows, over an appositive or brackets."""
    words, lower, lex = table.prose.words, table.prose.lower, table.lexicon
    i = o.last
    for opening, closing in (("(", ")"), (",", ",")):
        if i < end and words[i] == opening:
            i = next((k + 1 for k in range(i + 1, min(end, i + 20)) if words[k] == closing), end)
    if i >= end:
        return False
    word = lower[i]
    return word in lex["verbs"] or (len(word) > 4 and word.endswith("ed") and word == words[i])


# --- Words that stand for somebody --------------------------------------------------------------


def inside(table: Table, first: int, last: int) -> list[Occurrence]:
    i = bisect_left(table.firsts, first)
    return table.occurrences[i : bisect_left(table.firsts, last)]


def namesakes(table: Table, o: Occurrence) -> list[int]:
    """The others of the article who bear the surname."""
    return [
        i
        for i in table.by_last.get(table.entities[o.entity].keys[-1], ())[:MOST]
        if i != o.entity and len(table.entities[i].keys) > 1 and table.entities[i].may_be_a_person
    ]


def up_to_noun(lower: list[str], lex: Lexicon) -> list[str]:
    out: list[str] = []
    for word in lower:
        if out and (
            word in lex["prepositions"]
            or word in lex["relatives"]
            or not word[0].isalnum()
            # a report released last year
            or (word.endswith("ed") and (out[-1] in lex.roles or out[-1] in lex["documents"]))
        ):
            break
        if word[0].isalnum():
            out.append(bare(word))
    return out or [bare(word) for word in lower[:1]] or [""]


def described_as(table: Table, phrase: str, kind: str, times: int = 1) -> int:
    """The entity of a description; the same words again mean the same."""
    key = kind, phrase.lower()
    if key not in table.described:
        table.described[key] = len(table.entities)
        table.entities.append(Entity(tuple(phrase.split()), (phrase.lower(),), kind))
    index = table.described[key]
    forms = table.entities[index].forms
    forms[phrase] = forms.get(phrase, 0) + times
    return index


AUTHORS: Final = frozenset(("organisation", "person", ""))


def author(table: Table, i: int) -> int | None:
    """Whose document stands at a token: "a letter by X", "X's letter", "X issued a letter"."""
    lower, lex = table.prose.lower, table.lexicon
    if i + 1 < len(lower) and lower[i + 1] in lex["authors"]:
        for o in inside(table, i + 2, i + 6):
            if table.entities[o.entity].kind in AUTHORS:
                return o.entity
    for o in reversed(inside(table, i - 4, i)):
        if table.entities[o.entity].kind in AUTHORS:
            return o.entity
    sentence = _at(table, i)[0]
    begin = table.prose.sentences[sentence][0]
    if any(w in lex["issues"] for w in lower[begin:i]):
        for o in inside(table, begin, i):
            if table.entities[o.entity].kind in AUTHORS and not o.quoted:
                return o.entity
    if "in" in lower[max(begin, i - 3) : i]:
        # "In a letter to Ann Lee, Tom Reed asked why."
        for o in inside(table, i + 1, table.prose.sentences[sentence][1]):
            if table.entities[o.entity].kind in AUTHORS and not o.quoted and _grammar(table, o) > 0:
                return o.entity
    return None


def behind_preposition(
    words: list[str], lower: list[str], first: int, at: int, lex: Lexicon, thing: bool = False
) -> bool:
    """Whether a preposition governs the word at `at`, with no comma between; a place may stand
    before a thing ("of the U.S. Senate"), where before a person it ends the phrase."""
    for i in range(at - 1, max(first - 1, at - 8), -1):
        if lower[i] in lex["prepositions"]:
            # The secretary of state Ann Lee: the office ends there.
            between = lower[i + 1 : at] if lower[at - 1] != "the" else []
            office = lower[i - 1] in lex.titles and between and lex["offices"].issuperset(between)
            return not (office or (lower[i] == "of" and lower[i - 1] in lex["footage"]))
        small = lower[i][0].isalnum() and words[i] == lower[i]
        # The ambassador to the UN Ann Lee; but a lawyer for Acme chief executive Ann Lee.
        role = i < at - 1 and words[at - 1] == lower[at - 1] and lex.role(lower[at - 1])
        if not (small or role or (thing and lower[i] in lex.places)):
            return False
    return False
