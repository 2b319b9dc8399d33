"""A mention ("Kaine", "the Virginia senator", "he") -> whom of the article's people it means."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from math import exp, log

from reuse.lexicon import Lexicon, bare, fold
from reuse.naming import PARTY
from reuse.people import Entity, Occurrence, Span, Table, roles


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
    gender_unknown: float = -0.7
    mistaken: float = -3.0  # the first name alone speaks for the other sex
    told: float = -2.0  # the one spoken to
    loose: float = -1.5  # capitalised only where everything is
    described: float = 0.5  # what all of this counts beside what a description says


WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Sure:
    """How often such words mean whom they seem to: the share that was right among the quotes of 84
    labelled articles, rounded down."""

    full: float = 0.99  # named in full
    part: float = 0.99  # by a surname that one person of the article has
    shared: float = 0.92  # by one that several have
    only: float = 0.95  # by one word, everywhere
    nearest: float = 0.98  # a pronoun, where nobody else is near
    goes_on: float = 0.8  # a description of whoever spoke before, that nothing else says of them
    otherwise: float = 0.6  # the same of one who is said to be something else
    described: float = 0.5  # the same of whoever is near


_SURE = Sure()
# Names looked back on: nearer than the reach of any pronoun, and a bound on what one may cost.
_LOOK_BACK = 60
_SENTENCES = 6
_UTTERED = 6
# So many people or descriptions are weighed for one mention: more than an article has.
_MOST = 300
# How often "they" is one body and not several people.
_SEVERAL = 0.6
# Of two who bear a surname, how likely a guess is.
_EVEN = 0.45
_ANOTHER = 0.3
_NOBODY = "nobody is named beside the words"


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
        found = _salient(table, at, "any", _listeners(table, told), previous, _NOBODY)
        return Resolution(found.person, round(found.confidence * 0.7, 4), found.evidence)
    first, last = bisect_left(starts, start), bisect_left(starts, end)
    if first >= last:
        return Resolution(None, 0.0, "")
    known = table.resolved.get((first, last))
    if known is not None:
        return Resolution(*known)  # the next part of an utterance has the same mention
    if around is not None and table.prose.lower[first] in table.lexicon["first_person"]:
        if last - first > 1:
            return Resolution(None, 0.0, "somebody whom the speaker knows")
        return Resolution(around, 0.95, f"“{table.prose.words[first]}” is who speaks around it")
    found = _resolved(table, first, last, _listeners(table, told), previous)
    table.resolved[first, last] = found.person, found.confidence, found.evidence
    if found.person is not None:
        table.entities[found.person].speaks += 1
        table.uttered.append((first, found.person))
    return found


def _listeners(table: Table, told: Span | None) -> frozenset[int]:
    if told is None:
        return frozenset()
    starts = table.prose.starts
    inside = _inside(table, bisect_left(starts, told[0]), bisect_left(starts, told[1]))
    return frozenset(o.entity for o in inside)


def _resolved(
    table: Table, first: int, last: int, listeners: frozenset[int], previous: int | None
) -> Resolution:
    word, lex = bare(table.prose.lower[first]), table.lexicon
    if last - first == 1:
        if word in lex["male"] or word in lex["female"]:
            gender = "m" if word in lex["male"] else "f"
            found = _salient(table, first, gender, listeners, previous, f"“{word}”")
            if found.person is not None and found.confidence > 0.7:
                entity = table.entities[found.person]
                entity.gender = entity.gender or gender
            return found
        if word in lex["thing"]:
            found = _salient(table, first, "thing", listeners, previous, f"“{word}”")
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
        or _described(table, first, last, listeners, previous)
    )


def _inside(table: Table, first: int, last: int) -> list[Occurrence]:
    i = bisect_left(table.firsts, first)
    return table.occurrences[i : bisect_left(table.firsts, last)]


# --- Names --------------------------------------------------------------------------------------


def _named(table: Table, first: int, last: int) -> Resolution | None:
    """The name at the head of a mention: none that owns, stands behind "of", or before a noun."""
    words, lower, lex = table.prose.words, table.prose.lower, table.lexicon
    for o in _inside(table, first, last):
        if words[o.last - 1][-2:] in {"'s", "’s"} and o.last < last:
            continue  # Apple's chief executive
        if _behind_preposition(words, lower, first, o.first - o.name.ahead, lex):
            continue  # a spokesman for the Holt campaign
        if o.last < last and lower[o.last] == words[o.last] and words[o.last][0].isalpha():
            follows = lower[o.last]
            if follows not in lex.behind_a_name:
                continue  # Holt campaign spokesman Tom Reed
        sure, why = _how(table, o)
        around = (*lower[max(first, o.first - 1) : o.first], *lower[o.last : min(last, o.last + 1)])
        if not lex["generations"].isdisjoint(around):
            # Which of two is the elder is seldom said; and nobody is so called without a namesake.
            sure = _EVEN if _namesakes(table, o) else _ANOTHER
        return Resolution(o.entity, sure, why)
    return None


def _tagged(table: Table, first: int) -> Resolution | None:
    """Whom a party and a state are said of: "Tom Reed (D-Ohio)", "Ann Lee, R-Wis."."""
    words = table.prose.words
    if table.prose.lower[first][:2] not in PARTY or words[first - 1] not in {"(", ","}:
        return None
    before = [o for o in _inside(table, first - 8, first) if o.last == first - 1]
    if not before:
        return None
    name = table.entities[before[-1].entity].name
    return Resolution(before[-1].entity, _SURE.part, f"said of {name}")


def _behind_preposition(
    words: Sequence[str], lower: Sequence[str], first: int, at: int, lex: Lexicon
) -> bool:
    """Whether a preposition governs the word at `at`, with no comma between."""
    for i in range(at - 1, max(first - 1, at - 5), -1):
        if lower[i] in lex["prepositions"]:
            return lower[i] != "of" or lower[i - 1] not in lex["footage"]
        if not lower[i][0].isalnum() or words[i] != lower[i]:
            return False  # the ambassador to the UN Ann Lee
    return False


def _how(table: Table, o: Occurrence) -> tuple[float, str]:
    entity = table.entities[o.entity]
    if len(o.name.keys) > 1:
        return _SURE.full, "named in full"
    if len(entity.keys) < 2:
        return _SURE.only, "named as the article always names them"
    rivals = _namesakes(table, o)
    part = "surname" if entity.keys[-1] == o.name.keys[-1] else "name"
    if o.name.keys[0] in table.aliases:
        part = "letters"
    if rivals:
        why = f"{part} of {entity.name}, of {len(rivals) + 1} in the article who bear it"
        return _SURE.shared, why
    return _SURE.part, f"{part} of {entity.name}"


def _namesakes(table: Table, o: Occurrence) -> list[int]:
    """The others of the article who bear the surname."""
    return [
        i
        for i in table.by_last.get(table.entities[o.entity].keys[-1], ())[:_MOST]
        if i != o.entity and len(table.entities[i].keys) > 1 and table.entities[i].may_be_a_person
    ]


def _antecedent(
    table: Table, at: int, word: str, listeners: frozenset[int], previous: int | None
) -> Resolution:
    """ "who" means the name before it, in the same sentence."""
    i = bisect_left(table.firsts, at)
    for o in reversed(table.occurrences[max(0, i - 3) : i]):
        near = at - o.last < 25 and "." not in table.prose.words[o.last : at]
        if near and (word != "who" or table.entities[o.entity].may_be_a_person):
            return Resolution(o.entity, 0.8, f"“{word}” follows {o.name.text}")
    return _salient(table, at, "any", listeners, previous, f"“{word}”")


# --- Pronouns -----------------------------------------------------------------------------------


def _salient(
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
    why = "spoke before and fits" if best == previous else "is the nearest that fits"
    return Resolution(best, round(_SURE.nearest / total, 4), f"{words}: {entity.name} {why}")


# What sentences and paragraphs between count against somebody, by their number.
_SENTENCES_APART = [WEIGHTS.sentence * n for n in range(_SENTENCES + 1)]
_PARAGRAPHS_APART = [WEIGHTS.paragraph * n for n in range(_SENTENCES + 1)]


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
        score = w.unnamed + w.subject + _apart(here, *_at(table, token))[0]
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
_BEST = WEIGHTS.subject + WEIGHTS.introduced + 1e-6


# Tokens that a description of somebody unnamed is looked for behind a pronoun.
_NEAR = 50


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
        first = next((k for k in range(i - 1, max(-1, i - 6), -1) if lower[k] in _ARTICLES), None)
        if first is None or (first and lower[first - 1] in lex["prepositions"]):
            continue
        clean = not table.is_quoted(i) and all(w[0].isalnum() for w in lower[first:i])
        named = i + 1 < at and (words[i + 1][0].isupper() or words[i + 1] == ",")
        # "The chairman of the anglers, Desmond Tull,"
        named = named or any(
            words[o.first - o.name.ahead - 1] == "," for o in _inside(table, i, i + 8)[:1]
        )
        author = _author(table, i) if thing else None
        if author is not None and table.entities[author].kind == "organisation":
            out.append((first, author))
        elif clean and not named:
            phrase = table.prose.text[table.prose.starts[first] : table.prose.ends[i]]
            kind = "document" if thing else "unnamed"
            out.append((first, _described_as(table, " ".join(phrase.split()), kind, 0)))
    return out


_ARTICLES = frozenset(("a", "an", "the", "another"))


def _fits_described(table: Table, entity: Entity, gender: str) -> float | None:
    """What somebody described and not named has for being meant by a pronoun."""
    if gender == "thing":
        return 0.5 if entity.kind in {"document", "organisation"} else None
    if entity.kind != "unnamed":
        return None
    words = [word for w in entity.words if (word := w.lower().strip(",.;:"))]
    head = _up_to_noun(words, table.lexicon)[-1]
    if head not in table.lexicon.roles:
        return None  # several people, or none
    return None if table.lexicon.genders.get(head, gender) != gender else WEIGHTS.unnamed


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


# --- Descriptions -------------------------------------------------------------------------------


def _described(
    table: Table, first: int, last: int, listeners: frozenset[int], previous: int | None
) -> Resolution:
    prose, lex = table.prose, table.lexicon
    phrase = " ".join(prose.text[prose.starts[first] : prose.ends[last - 1]].split()).strip(" ,;:")
    core = _core(table, first, last)
    head = core[-1]
    if core[0] in lex["adverbs"] and not lex.role(head):
        return Resolution(None, 0.0, f"“{phrase}” names nobody")
    role = lex.role(head)
    if head in lex["documents"] and not role:
        return _document(table, first, last, phrase, head)
    if head in lex["collectives"]:
        return _organisation(table, first, last, phrase, head, listeners, previous)
    if role:
        apposed = _apposed(table, first, last)
        if apposed is not None:
            name = table.entities[apposed].name
            return Resolution(apposed, 0.9, f"“{phrase}” stands beside {name}")
        if prose.lower[first] not in lex["indefinite"]:
            found = _by_role(table, first, core, phrase, listeners, previous)
            if found is not None:
                return found
            same = _described_before(table, head)
            if same is not None:
                name = table.entities[same].name
                return Resolution(same, 0.75, f"“{phrase}” is “{name}”, not named")
    if lex.nouns_have_capitals and last - first == 1 and phrase[0].isupper():
        # One noun without an article, and none that the tables know: a name.
        called = _described_as(table, bare(phrase), "")
        return Resolution(called, 0.75, "named as the article always names them")
    return Resolution(_described_as(table, phrase, "unnamed"), 0.8, "described, not named")


def _apposed(table: Table, first: int, last: int) -> int | None:
    """Whom a description names beside itself: "his partner, Tom Reed", "Ann Lee, a lawyer"."""
    words, lex = table.prose.words, table.lexicon
    if last < len(words) and words[last] == ",":
        for o in _inside(table, last + 1, last + 8)[:1]:
            titles = table.prose.lower[last + 1 : o.first - o.name.ahead]
            if table.entities[o.entity].may_be_a_person and all(
                w in lex.introducing or w == "." or (o.name.ahead and w == "state") for w in titles
            ):
                return o.entity
    if first > 1 and words[first - 1] == "," and table.prose.lower[first] in lex["indefinite"]:
        before = _inside(table, first - 4, first - 1)
        if before and before[-1].last == first - 1:
            entity = table.entities[before[-1].entity]
            return before[-1].entity if entity.may_be_a_person else None
    return None


def _described_before(table: Table, head: str) -> int | None:
    """Who was described with the same noun last: "a police spokesman", then "the spokesman"."""
    for (kind, _), e in islice(reversed(table.described.items()), _MOST):
        if kind == "unnamed" and head in {bare(w.lower()) for w in table.entities[e].words}:
            return e
    return None


def _core(table: Table, first: int, last: int) -> list[str]:
    """The words of a description up to what comes behind its noun."""
    return _up_to_noun(table.prose.lower[first:last], table.lexicon)


def _up_to_noun(lower: Sequence[str], lex: Lexicon) -> list[str]:
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


def _described_as(table: Table, phrase: str, kind: str, times: int = 1) -> int:
    """The entity of a description; the same words again mean the same."""
    key = kind, phrase.lower()
    if key not in table.described:
        table.described[key] = len(table.entities)
        table.entities.append(Entity(tuple(phrase.split()), (phrase.lower(),), kind))
    index = table.described[key]
    forms = table.entities[index].forms
    forms[phrase] = forms.get(phrase, 0) + times
    return index


def _by_role(
    table: Table,
    first: int,
    core: Sequence[str],
    phrase: str,
    listeners: frozenset[int],
    previous: int | None,
) -> Resolution | None:
    """Somebody who is called so, or the most salient of whom it could be said."""
    lex, head = table.lexicon, table.lexicon.role(core[-1])
    wanted = set(lex.meaning("role_classes", head)) or {head}
    wider = {b for c in (*wanted, head) for b in lex.meaning("class_members", c)}
    places, parties = _places(core, lex), _parties(core, lex)
    modifiers = {w for w in core[:-1] if w not in lex["function_words"] and w not in lex.places}
    modifiers -= lex["title_words"] | lex["nationalities"] | lex["groups"] | {""}
    reasons: dict[int, str] = {}

    def bonus(e: int) -> float:
        entity = table.entities[e]
        if not entity.may_be_a_person or not entity.spans:
            return 0.0
        said, have, theirs, mine = _said_of(table, e)
        called = have & wanted or have & wider
        score = 3.2 if have & wanted else 2.2 if called else -0.6 if have else 0.0
        if called:
            reasons[e] = f"{entity.name} is called {', '.join(sorted(called))}"
        if places and theirs:
            score += 1.5 if places & theirs else -0.8
        score += min(3.0, 1.2 * len(modifiers.intersection(said)))
        if parties and mine:
            score += 1.2 if parties & mine else -2.0
        return score

    gender = lex.genders.get(head, "any")
    found = _salient(table, first, gender, listeners, previous, f"“{phrase}”", bonus)
    if found.person is None:
        return None
    why = reasons.get(found.person)
    if why:
        return Resolution(found.person, found.confidence, f"“{phrase}”: {why}")
    if not wanted.isdisjoint(lex["nameless"]):
        # Nobody is said to be a spokesman: then the article means to name none.
        return None
    sure = _SURE.described
    if found.person == previous:
        sure = _SURE.otherwise if _said_of(table, found.person)[1] else _SURE.goes_on
    return Resolution(found.person, round(found.confidence * sure, 4), found.evidence)


def _said_of(table: Table, e: int) -> tuple[list[str], set[str], set[str], set[str]]:
    """What is said of somebody: the words, their offices, places and parties."""
    if e not in table.said:
        lex = table.lexicon
        said = [word for role in roles(table, e) for word in _words(role)]
        said += table.entities[e].titles
        table.said[e] = said, _classes(said, lex), _places(said, lex), _parties(said, lex)
    return table.said[e]


def _words(role: str) -> list[str]:
    for sign in ",()-–/":
        role = role.replace(sign, " ")
    return [fold(bare(w.strip("\"“”'‘’.:;"))) for w in role.split()]


def _classes(words: Sequence[str], lex: Lexicon) -> set[str]:
    """The offices in words: "senator" for "Sen.", and "foreign minister" beside "minister"."""
    out: set[str] = set()
    for before, word in zip(("", *words), words, strict=False):
        if role := lex.role(word) or (word if lex.meaning("role_classes", word) else ""):
            out.update(lex.meaning("role_classes", role) or (role,))
            if before:
                out.add(f"{before} {word}")
    return out


def _places(words: Sequence[str], lex: Lexicon) -> set[str]:
    """The countries and states in words, from "Virginia", "Va.", "Iranian"."""
    out: set[str] = set()
    for before, word in zip(("", *words), words, strict=False):
        for phrase in (word, f"{before} {word}"):
            if phrase in lex.places:
                out.add(phrase)
            out.update(lex.meaning("nationalities", phrase))
            out.update(lex.meaning("states", phrase))
    return out


def _parties(words: Sequence[str], lex: Lexicon) -> set[str]:
    return {party for word in words for party in lex.meaning("parties", word)}


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
    owners = _inside(table, first, last)
    if owners:
        owner = table.entities[owners[0].entity]
        called = owner.words[-1] if owner.may_be_a_person else owner.name
        return Resolution(
            _described_as(table, f"{called} {head}", "organisation"), 0.8, f"“{phrase}”"
        )
    bodies, collectives = table.lexicon["bodies"], table.lexicon["collectives"]

    def bonus(e: int) -> float:
        entity = table.entities[e]
        if entity.kind == "organisation" and head in entity.keys:
            return 3.0
        if head in bodies and entity.kind == "organisation" and not bodies.isdisjoint(entity.keys):
            return 1.5
        # The company is not the Holt Foundation.
        return -2.0 if entity.keys[-1] in collectives else 0.0

    found = _salient(table, first, "thing", listeners, previous, f"“{phrase}”", bonus)
    if found.person is not None and bonus(found.person) > 0:
        return found
    if found.person is not None:
        body = table.entities[found.person].kind == "organisation"
        sure = _SURE.goes_on if body or found.person == previous else _SURE.described
        return Resolution(found.person, round(found.confidence * sure, 4), found.evidence)
    unnamed = _described_as(table, phrase, "unnamed")
    return Resolution(unnamed, 0.6, "an organisation described, not named")


_LETTER_REACH = 400  # tokens back to where a document was spoken of first


def _document(table: Table, first: int, last: int, phrase: str, head: str) -> Resolution:
    """Who speaks in a document where the text says it, else the document itself."""
    lower, lex = table.prose.lower, table.lexicon
    for o in _inside(table, first, last):
        governed = _behind_preposition(table.prose.words, lower, first, o.first, lex)
        by = lower[o.first - 1] in lex["authors"] or lower[o.first - 2] in lex["authors"]
        if table.entities[o.entity].kind in _AUTHORS and (by or not governed):
            return _by(table, o.entity, phrase, 0.75)
    alike = {head, *lex.meaning("document_classes", head)}
    for i in range(first - 1, max(0, first - _LETTER_REACH), -1):
        word = lower[i]
        if word == head or not alike.isdisjoint(lex.meaning("document_classes", word)):
            author = _author(table, i)
            if author is not None:
                return _by(table, author, phrase, 0.65)
    # "Its forecast" here and "the forecast" there are one document.
    if lower[first] in lex["owned"]:
        phrase = f"the {phrase.partition(' ')[2]}"
    document = _described_as(table, phrase, "document")
    return Resolution(document, 0.75, "a document; who wrote it is not said")


_AUTHORS = frozenset(("organisation", "person", ""))


def _by(table: Table, e: int, phrase: str, sure: float) -> Resolution:
    return Resolution(e, sure, f"“{phrase}” is by {table.entities[e].name}")


def _author(table: Table, i: int) -> int | None:
    """Whose document stands at a token: "a letter by X", "X's letter", "X issued a letter"."""
    lower, lex = table.prose.lower, table.lexicon
    if i + 1 < len(lower) and lower[i + 1] in lex["authors"]:
        for o in _inside(table, i + 2, i + 6):
            if table.entities[o.entity].kind in _AUTHORS:
                return o.entity
    for o in reversed(_inside(table, i - 4, i)):
        if table.entities[o.entity].kind in _AUTHORS:
            return o.entity
    sentence = _at(table, i)[0]
    begin = table.prose.sentences[sentence][0]
    if any(w in lex["issues"] for w in lower[begin:i]):
        for o in _inside(table, begin, i):
            if table.entities[o.entity].kind in _AUTHORS and not o.quoted:
                return o.entity
    if "in" in lower[max(begin, i - 3) : i]:
        # "In a letter to Ann Lee, Tom Reed asked why."
        for o in _inside(table, i + 1, table.prose.sentences[sentence][1]):
            if (
                table.entities[o.entity].kind in _AUTHORS
                and not o.quoted
                and _grammar(table, o) > 0
            ):
                return o.entity
    return None
