"""Quotes and passages -> families: every version of an utterance, its source, and what is disputed.

Steps: `families` gathers the quotes that are one utterance; passages give the places where other
articles have its words as their own prose; every version is compared with the fullest one
(`edits`); each is given the earlier version it was most likely taken from, where dates or a credit
in the text allow one; disputes are what two versions cannot both be right about.

Nothing depends on the order of the input, and no step compares all members of a family with all.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from reuse.credit import Credit, Forms, credited, forms, whole
from reuse.edits import Comparison, Edit, alignment, as_json, comparison
from reuse.families import (
    People,
    Utterance,
    bits,
    families,
    people,
    shared,
    stated,
    surprises,
    utterances,
)
from reuse.model import (
    Appearance,
    Dispute,
    Family,
    Match,
    Passage,
    QuoteRow,
    Speaker,
    Variant,
    content_id,
)
from reuse.words import ELLIPSIS, Words, words, words_of

Text = Callable[[str], str]


# Own prose is a version when so many words, or so many bits, of the utterance stand there.
PROSE_WORDS = 5
PROSE_BITS = 50.0
# ... and this share of what stands there is the utterance's.
PROSE_LIKENESS = 0.6
# Articles that share so many words tell one story.
RELATED = 8
# An article that has so much of an utterance in its family needs no search for the rest.
WHOLE = 0.8
# Prose places this close are one span.
ADJOINING = 4
# A dispute about who spoke needs both credits to be this sure.
SURE = 0.8
# Versions that a version may have been taken from, compared one by one.
CANDIDATES = 24
# Characters of the article beside a version that are read with it.
BESIDE = 240
# The versions right before one, compared besides the first of each wording.
LATEST = 12
# That the words came from where the corpus does not reach, in the same bits as the evidence.
ELSEWHERE = -0.5
# A source is named when it is likelier than this.
LIKELY = 0.3
# Words right outside the marks that another outlet has inside them tell so many bits.
MARKED_BITS = 10.0


@dataclass(frozen=True, slots=True)
class Carrier:
    """An article as provenance needs it. Without an outlet it counts as one of its own."""

    id: str
    outlet_id: str | None
    outlet_kind: str | None
    published: str | None
    language: str | None
    owner: str | None = None

    @property
    def house(self) -> str:
        """Who answers for it: the owner, the outlet, or the article alone."""
        return self.owner or self.outlet_id or self.id


class Credits:
    """Whom articles credit; what an article credits as a whole is looked up once."""

    def __init__(self, text: Text, known: Forms) -> None:
        self._text, self._known = text, known
        self._whole: dict[str, Credit | None] = {}

    def __call__(self, carrier: Carrier, spans: Sequence[tuple[int, int]]) -> Credit | None:
        """Whom the article credits with the words at `spans`."""
        text, own = self._text(carrier.id), carrier.outlet_id
        if carrier.id not in self._whole:
            self._whole[carrier.id] = whole(text, self._known, own)
        return credited(text, spans, self._known, own, self._whole[carrier.id])


@dataclass(frozen=True, slots=True)
class Provenance:
    """Rows of the database, and what to write into those that are there.

    `family_of` gives the family of a quote's id, `source_of` the source of an appearance's id.
    """

    families: tuple[Family, ...]
    variants: tuple[Variant, ...]
    disputes: tuple[Dispute, ...]
    family_of: Mapping[str, str]
    source_of: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Member:
    """One version before it is compared: where it stands and whose it is said to be."""

    carrier: Carrier
    spans: tuple[tuple[int, int], ...]
    quote_ids: tuple[str, ...]
    utterance_id: str | None
    quoted: bool
    speaker_id: str | None
    confidence: float

    @property
    def start(self) -> int:
        """Where it begins in the article."""
        return self.spans[0][0]

    @property
    def end(self) -> int:
        """Where it ends in the article."""
        return self.spans[-1][1]


@dataclass(frozen=True, slots=True)
class Version:
    """A member with its words, compared with the fullest."""

    member: Member
    words: Words
    against: Comparison
    credit: Credit | None
    changed: frozenset[tuple[str, str]]
    id: str


def provenance(
    articles: Iterable[Carrier],
    quotes: Iterable[QuoteRow],
    speakers: Iterable[Speaker],
    matches: Iterable[Match],
    passages: Iterable[Passage],
    appearances: Iterable[Appearance],
    text: Text,
    outlets: Mapping[str, str],
) -> Provenance:
    """Families, versions, sources and disputes of a corpus; `outlets` gives each outlet's name."""
    carriers = {article.id: article for article in articles}
    rows = [row for row in quotes if row.article_id in carriers]
    who = people(speakers)
    found = utterances(
        rows,
        {a.id: a.published for a in carriers.values()},
        {a.id: a.language for a in carriers.values()},
    )
    kept = {p.id for p in passages if not p.boilerplate}
    shown = sorted(
        (a for a in appearances if a.passage_id in kept and a.article_id in carriers),
        key=lambda a: (a.passage_id, a.article_id, a.start, a.end),
    )
    overlap = Surroundings(matches, shown)
    gathered = [
        statement
        for numbers in families(found, who, lambda a, b: overlap(a, b) >= RELATED)
        for statement in stated([found[n] for n in numbers])
    ]
    marked: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        if row.kind != "indirect":
            marked[row.article_id].append((row.start, row.end))
    members = _with_prose(gathered, found, shown, carriers, text, marked)
    credit = Credits(text, forms(outlets))
    result_families: list[Family] = []
    result_variants: list[Variant] = []
    result_disputes: list[Dispute] = []
    family_of: dict[str, str] = {}
    for group in members:
        if len(group) < 2:
            continue
        family, variants, disputes = _family(group, who, text, credit, overlap, marked)
        result_families.append(family)
        result_variants += variants
        result_disputes += disputes
        for member in group:
            family_of.update(dict.fromkeys(member.quote_ids, family.id))
    return Provenance(
        families=tuple(sorted(result_families, key=lambda f: f.id)),
        variants=tuple(sorted(result_variants, key=lambda v: (v.family_id, v.id))),
        disputes=tuple(sorted(result_disputes, key=lambda d: d.id)),
        family_of=family_of,
        source_of=_appearance_sources(shown, carriers, credit, overlap),
    )


# --- members -------------------------------------------------------------------------------------


def _member(u: Utterance, carriers: Mapping[str, Carrier]) -> Member:
    return Member(
        carrier=carriers[u.article_id],
        spans=tuple(u.spans()),
        quote_ids=tuple(key for keys in u.quote_ids for key in keys),
        utterance_id=u.utterance_id,
        quoted=u.quoted,
        speaker_id=u.speaker_id,
        confidence=u.confidence,
    )


def _with_prose(
    gathered: Sequence[Sequence[Utterance]],
    found: Sequence[Utterance],
    shown: Sequence[Appearance],
    carriers: Mapping[str, Carrier],
    text: Text,
    marked: Mapping[str, list[tuple[int, int]]],
) -> list[list[Member]]:
    """The families, and the places where passages carry an utterance's words without its marks.

    Each appearance of a passage is compared with the fullest utterance of each family that the
    passage touches, part by part. An utterance that stands alone becomes a family when somebody
    has it as prose.
    """
    groups = [[_member(u, carriers) for u in group] for group in gathered]
    standing = [(u, k) for k, group in enumerate(gathered) for u in group]
    used = {(u.article_id, start) for u, _ in standing for start, _ in u.parts}
    carrying = {a.article_id for a in shown}
    alone: dict[int, Utterance] = {}
    for u in found:
        if u.article_id not in carrying:
            continue
        if not any((u.article_id, start) in used for start, _ in u.parts):
            alone[len(groups)] = u
            standing.append((u, len(groups)))
            groups.append([])
    by_article: dict[str, list[tuple[Utterance, int]]] = defaultdict(list)
    taken: dict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
    for u, k in standing:
        by_article[u.article_id].append((u, k))
        taken[k, u.article_id] += u.spans()
    prose: dict[tuple[int, str], list[tuple[int, int]]] = defaultdict(list)
    cache: dict[tuple[str, int, int], Words] = {}
    for group in _by_passage(shown):
        for k, u in _touched(group, by_article):
            parts = [words_of([part], u.language) for part in u.parts]
            whole = sum(len(part) for _, part in u.parts)
            for a in group:
                if a.article_id == u.article_id:
                    continue
                here = [span for span in taken[k, a.article_id] if _meet(span, (a.start, a.end))]
                if sum(end - start for start, end in here) >= WHOLE * whole:
                    continue
                for wanted in parts:
                    if len(wanted) < PROSE_WORDS:
                        continue
                    place = _located(wanted, a, text, carriers, cache)
                    if place is None or _in_marks(place, text(a.article_id), marked, a.article_id):
                        continue
                    # A part that was found before the whole gives way to it.
                    found_here = prose[k, a.article_id]
                    inside = [s for s in found_here if place[0] <= s[0] and s[1] <= place[1]]
                    if any(_meet(place, span) and span not in inside for span in here):
                        continue
                    here = [span for span in here if span not in inside] + [place]
                    taken[k, a.article_id] = [
                        span for span in taken[k, a.article_id] if span not in inside
                    ] + [place]
                    prose[k, a.article_id] = [s for s in found_here if s not in inside] + [place]
    joined: set[int] = set()
    for (k, article_id), spans in sorted(prose.items()):
        for spans_of_one in _together(sorted(spans)):
            # Some of the words in marks: that quote is the version, not the words around it.
            part = next(
                (
                    (u, own)
                    for u, own in by_article.get(article_id, ())
                    if u.quoted
                    and own in alone
                    and own not in joined
                    and any(a <= u.start and u.end <= b for a, b in spans_of_one)
                ),
                None,
            )
            member = (
                _member(part[0], carriers)
                if part
                else _prose(spans_of_one, article_id, by_article, carriers)
            )
            if part:
                joined.add(part[1])
            if member is not None:
                if k in alone and not groups[k]:
                    groups[k].append(_member(alone[k], carriers))
                groups[k].append(member)
    for own in joined:
        groups[own] = []
    return groups


def _in_marks(
    place: tuple[int, int],
    whole: str,
    marked: Mapping[str, list[tuple[int, int]]],
    article_id: str,
) -> bool:
    """Whether words stand in quotation marks, be they a name's, or a quote's that was not read."""
    start, end = place
    if any(s <= start and end <= e for s, e in marked.get(article_id, ())):
        return True
    return whole[start - 1 : start] in _MARKS and bool(set(whole[end : end + 2]) & set(_MARKS))


_MARKS = "\"'“”‘’„‚«»‹›"


def _meet(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


def _together(spans: Sequence[tuple[int, int]]) -> list[tuple[tuple[int, int], ...]]:
    """Places of one article in groups that stand side by side; what adjoins becomes one span."""
    result: list[list[tuple[int, int]]] = []
    for start, end in spans:
        if result and start - result[-1][-1][1] <= ADJOINING:
            result[-1][-1] = (result[-1][-1][0], end)
        elif result and start - result[-1][-1][1] <= BESIDE:
            result[-1].append((start, end))
        else:
            result.append([(start, end)])
    return [tuple(group) for group in result]


def _by_passage(shown: Iterable[Appearance]) -> list[list[Appearance]]:
    passages: dict[str, list[Appearance]] = defaultdict(list)
    for a in shown:
        passages[a.passage_id].append(a)
    return [passages[key] for key in sorted(passages)]


def _touched(
    group: Sequence[Appearance], by_article: Mapping[str, list[tuple[Utterance, int]]]
) -> list[tuple[int, Utterance]]:
    """The families that a passage touches with enough words, each with its fullest utterance."""
    best: dict[int, tuple[int, int, Utterance]] = {}
    for n, a in enumerate(group):
        for u, k in by_article.get(a.article_id, ()):
            if not u.quoted or u.end <= a.start or a.end <= u.start:
                continue
            common = "".join(
                words[max(a.start - start, 0) : max(a.end - start, 0)] + " "
                for start, words in u.parts
            )
            if len(common.split()) < PROSE_WORDS:
                continue
            if k not in best or (len(common), -n) > best[k][:2]:
                best[k] = (len(common), -n, u)
    return [(k, best[k][2]) for k in sorted(best)]


def _located(
    wanted: Words,
    a: Appearance,
    text: Text,
    carriers: Mapping[str, Carrier],
    cache: dict[tuple[str, int, int], Words],
) -> tuple[int, int] | None:
    """Where an appearance has the words of an utterance, if it has enough of them together."""
    whole = text(a.article_id)
    # An edit near its end may have stopped the passage before the utterance stops.
    room = len(wanted.text)
    key = (a.article_id, max(a.start - room, 0), min(a.end + room, len(whole)))
    if key not in cache:
        if len(cache) > 256:
            cache.clear()
        cache[key] = words(whole, [key[1:]], carriers[a.article_id].language)
    there = cache[key]
    if shared(wanted, there)[0] < PROSE_BITS:
        return None
    # The shorter text leads: the alignment takes a step for each of its words.
    steps = sorted(
        (j, i)
        for i, j in alignment(wanted, there)
        if i >= 0 and j >= 0 and there.keys[j] == wanted.keys[i]
    )
    if len(steps) < PROSE_WORDS:
        return None
    first, last = steps[0][0], steps[-1][0]
    told_by = surprises(there)
    told = sum(told_by[i] for i, _ in steps)
    stretch = sum(told_by[first : last + 1])
    if told < PROSE_BITS or told < PROSE_LIKENESS * stretch:
        return None
    return there.offset(there.starts[first]), there.offset(there.ends[last] - 1) + 1


def _prose(
    spans: tuple[tuple[int, int], ...],
    article_id: str,
    by_article: Mapping[str, list[tuple[Utterance, int]]],
    carriers: Mapping[str, Carrier],
) -> Member | None:
    """The words at some places as a member: a reported clause knows its speaker."""
    length = sum(end - start for start, end in spans)
    for u, _ in by_article.get(article_id, ()):
        common = sum(
            max(min(e, end) - max(s, start), 0) for s, e in u.spans() for start, end in spans
        )
        if common * 2 < length:
            continue
        if u.quoted:
            return None
        return Member(
            carriers[article_id], spans, (), u.utterance_id, False, u.speaker_id, u.confidence
        )
    return Member(carriers[article_id], spans, (), None, False, None, 0.0)


# --- order in time -------------------------------------------------------------------------------


def earlier(a: str | None, b: str | None) -> bool:
    """Whether a date is certainly before another: a day and an hour of it are no order."""
    if a is None or b is None:
        return False
    return _latest(a) < b


def _latest(published: str) -> str:
    """A string behind every date within this one: "2024-05" is a span that ends with its month."""
    return published.removesuffix("Z").removesuffix("+00:00") + "~"


def _time(carrier: Carrier) -> tuple[str, str]:
    return carrier.published or "~", carrier.id


class Surroundings:
    """How much two articles share besides one passage: words of passages and matches of both."""

    def __init__(self, matches: Iterable[Match], shown: Sequence[Appearance]) -> None:
        self._pairs: Counter[tuple[str, str]] = Counter()
        for m in matches:
            pair = (m.a_article_id, m.b_article_id)
            self._pairs[min(pair), max(pair)] += m.words
        self._passages: dict[str, dict[str, int]] = defaultdict(dict)
        for a in shown:
            self._passages[a.article_id][a.passage_id] = a.end - a.start

    def __call__(self, a: str, b: str) -> int:
        """Words in common, about."""
        first, second = self._passages.get(a, {}), self._passages.get(b, {})
        both = sum(min(first[k], second[k]) for k in first.keys() & second.keys()) // 6
        return max(self._pairs[min(a, b), max(a, b)], both)


# --- one family ----------------------------------------------------------------------------------


def _family(
    group: Sequence[Member],
    who: People,
    text: Text,
    credited_by: Credits,
    overlap: Surroundings,
    marked: Mapping[str, list[tuple[int, int]]],
) -> tuple[Family, list[Variant], list[Dispute]]:
    members = sorted(group, key=lambda m: (_time(m.carrier), m.start, m.end, m.utterance_id or ""))
    spelled = [words(text(m.carrier.id), m.spans, m.carrier.language) for m in members]
    credits = [credited_by(m.carrier, m.spans) for m in members]
    upstream = Counter(c.outlet_id for c in credits if c is not None and c.outlet_id is not None)
    full = _fullest(members, spelled, upstream)
    family_id = content_id("family", next(m.quote_ids[0] for m in members if m.quote_ids))
    compared: dict[tuple[object, ...], Comparison] = {}
    versions: list[Version] = []
    for member, found, credit in zip(members, spelled, credits, strict=True):
        whole = text(member.carrier.id)
        before = whole[max(member.start - BESIDE, 0) : member.start]
        after = whole[member.end : member.end + BESIDE]
        against = _against(member, found, spelled[full], before, after, compared)
        versions.append(
            Version(
                member=member,
                words=found,
                against=against,
                credit=credit,
                changed=frozenset(
                    (e.was.casefold(), e.now.casefold())
                    for e in against.edits
                    if e.op != "equal" and e.kind not in ("case_punctuation", "style")
                ),
                id=content_id("variant", family_id, *_mark(member)),
            )
        )
    sources = _sources(versions, overlap)
    first = _first(versions)
    variants = [
        _variant(family_id, version, sources[n], versions, text)
        for n, version in enumerate(versions)
    ]
    disputes = _disputes(family_id, versions, who, text, marked)
    dated = [m.carrier.published for m in members if m.carrier.published]
    family = Family(
        id=family_id,
        name=_name(spelled[full].text),
        speaker_id=_speaker(members, who),
        text=spelled[full].text,
        quotes=sum(m.quoted for m in members),
        outlets=len({m.carrier.outlet_id or m.carrier.id for m in members}),
        first_variant_id=versions[first].id if first is not None else None,
        first_published=min(dated) if dated else None,
        disputed=bool(disputes),
    )
    return family, variants, disputes


def _mark(member: Member) -> tuple[object, ...]:
    return (member.carrier.id, member.start, member.end, "quoted" if member.quoted else "prose")


def _fullest(
    members: Sequence[Member], spelled: Sequence[Words], upstream: Mapping[str, int]
) -> int:
    """The number of the fullest version: the most words, in marks or from where it all began.

    One that has a word more or less is as full: of those, the one that others credit, or the
    earliest, or the commonest. An altered version is often a word longer.
    """
    wordings = Counter(found.keys for found in spelled)
    told = [
        sum(k != ELLIPSIS for k in found.keys)
        - sum(found.bracketed)
        - 3 * sum(k == ELLIPSIS for k in found.keys)
        for found in spelled
    ]
    firm = [m.quoted or m.carrier.outlet_kind == "origin" for m in members]
    most = max(n for n, ok in zip(told, firm, strict=True) if ok or not any(firm))
    return min(
        (n for n in range(len(members)) if told[n] >= most - 1 and (firm[n] or not any(firm))),
        key=lambda n: (
            any(spelled[n].bracketed) or ELLIPSIS in spelled[n].keys,
            members[n].carrier.outlet_kind != "origin",
            -upstream.get(members[n].carrier.outlet_id or "", 0),
            members[n].carrier.published is None,
            members[n].carrier.published or "",
            -wordings[spelled[n].keys],
            -told[n],
            n,
        ),
    )


def _name(text: str) -> str:
    """The first words, short enough for a list."""
    plain = " ".join(text.split())
    if len(plain) <= 60:
        return plain
    return plain[:58].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + " …"


def _against(
    member: Member,
    found: Words,
    full: Words,
    before: str,
    after: str,
    compared: dict[tuple[object, ...], Comparison],
) -> Comparison:
    """The comparison with the fullest; equal texts are compared once and moved to their place."""
    key = (found.text, found.part_starts, member.quoted)
    if key in compared and found.keys == full.keys:
        kept = compared[key]
        return Comparison(
            kept.change,
            tuple(_moved(e, kept, found) for e in kept.edits),
            kept.likeness,
            kept.covered,
        )
    result = comparison(found, full, prose=not member.quoted, before=before, after=after)
    if found.keys == full.keys and len(found.part_starts) == 1:
        at = found.article_starts[0]
        compared[key] = Comparison(
            result.change,
            tuple(_shift(e, -at) for e in result.edits),
            result.likeness,
            result.covered,
        )
    return result


def _moved(edit: Edit, kept: Comparison, found: Words) -> Edit:
    return _shift(edit, found.article_starts[0])


def _shift(edit: Edit, by: int) -> Edit:
    return Edit(
        edit.op,
        edit.start + by,
        edit.end + by,
        edit.was_start,
        edit.was_end,
        edit.was,
        edit.now,
        edit.kind,
        edit.meaning,
    )


# --- sources -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """The version that a version was most likely taken from, and how sure that is."""

    number: int
    confidence: float


def _sources(versions: Sequence[Version], overlap: Surroundings) -> list[Source | None]:
    """The likely source of each version, in one pass over them in the order of time.

    Compared are the first of each wording, the first of each outlet that is credited and the
    latest: a line that 5,000 articles carry is not compared 12 million times.
    """
    result: list[Source | None] = []
    wordings: dict[tuple[str, ...], int] = {}
    outlets: dict[str, int] = {}
    for n, version in enumerate(versions):
        candidates = set(list(wordings.values())[:CANDIDATES]) | set(range(max(n - LATEST, 0), n))
        if version.words.keys in wordings:
            candidates.add(wordings[version.words.keys])
        credit = version.credit
        if credit is not None and credit.outlet_id in outlets:
            candidates.add(outlets[credit.outlet_id])
        result.append(_source(version, sorted(candidates), versions, overlap))
        wordings.setdefault(version.words.keys, n)
        if version.member.carrier.outlet_id is not None:
            outlets.setdefault(version.member.carrier.outlet_id, n)
    return result


def _source(
    version: Version, candidates: Sequence[int], versions: Sequence[Version], overlap: Surroundings
) -> Source | None:
    """The likeliest of the earlier versions, if one stands out.

    Weights are bits of evidence: what it shares with a candidate that others have not, what the
    candidate lacks, credit in the text, and how much else the two articles share. That the words
    came from elsewhere is a candidate too.
    """
    scores: list[tuple[float, int]] = []
    mine = version.member.carrier
    for k in candidates:
        other = versions[k]
        theirs = other.member.carrier
        if theirs.id == mine.id or not earlier(theirs.published, mine.published):
            continue
        credits = _credits(version, other)
        score = 5.0 if credits else 0.0
        if version.credit is not None and not credits:
            score -= 2.5 if version.credit.outlet_id is not None else 1.5
        score += 2.0 * min(len(version.changed & other.changed), 4)
        # Words that it would have had to set right; words left out are counted below.
        undone = sum(bool(now) for _, now in other.changed - version.changed)
        score -= 1.5 * min(undone, 4)
        score -= 0.25 * min(_lacking(version, other), 24)
        score += min(math.log2(1 + overlap(mine.id, theirs.id) / 12), 5.0)
        score += {"agency": 1.0, "origin": 0.75}.get(theirs.outlet_kind or "", 0.0)
        if not other.member.quoted and theirs.outlet_kind != "origin":
            score -= 3.0
        if theirs.house == mine.house:
            score += 0.5
        scores.append((round(score, 4), k))
    if not scores:
        return None
    scores.sort(key=lambda row: (-row[0], row[1]))
    top = scores[0][0]
    elsewhere = 2.0 ** (ELSEWHERE - top)
    confidence = round(1 / (sum(2.0 ** (score - top) for score, _ in scores) + elsewhere), 4)
    return Source(scores[0][1], confidence) if confidence >= LIKELY else None


def _credits(version: Version, other: Version) -> bool:
    credit = version.credit
    return (
        credit is not None
        and credit.outlet_id is not None
        and credit.outlet_id == other.member.carrier.outlet_id
    )


def _lacking(version: Version, other: Version) -> int:
    """Words of a version that another one has not."""
    return sum((Counter(version.words.keys) - Counter(other.words.keys)).values())


def _first(versions: Sequence[Version]) -> int | None:
    """The first known appearance; None when dates leave more than one."""
    dated = [n for n, v in enumerate(versions) if v.member.carrier.published]
    if not dated:
        return None
    bound = min(_latest(versions[n].member.carrier.published or "") for n in dated)
    open_ = [n for n in dated if (versions[n].member.carrier.published or "") <= bound]
    if len({versions[n].member.carrier.id for n in open_}) == 1:
        return open_[0]
    # Of some on one day, the one that the others credit.
    outlets = {versions[n].member.carrier.outlet_id: n for n in reversed(open_)}
    named = {
        outlets[credit.outlet_id]
        for n in open_
        if (credit := versions[n].credit) is not None
        and credit.outlet_id in outlets
        and credit.outlet_id != versions[n].member.carrier.outlet_id
    }
    return named.pop() if len(named) == 1 else None


def _variant(
    family_id: str,
    version: Version,
    source: Source | None,
    versions: Sequence[Version],
    text: Text,
) -> Variant:
    member, against = version.member, version.against
    source_change = source_edits = source_id = None
    if source is not None:
        origin = versions[source.number]
        whole = text(member.carrier.id)
        difference = comparison(
            version.words,
            origin.words,
            prose=not member.quoted,
            before=whole[max(member.start - BESIDE, 0) : member.start],
            after=whole[member.end : member.end + BESIDE],
        )
        source_id = origin.id
        source_edits = as_json(difference.edits)
        source_change = "extended" if _extends(difference) else difference.change
    return Variant(
        id=version.id,
        family_id=family_id,
        article_id=member.carrier.id,
        utterance_id=member.utterance_id,
        quote_id=member.quote_ids[0] if member.quoted and member.quote_ids else None,
        start=member.start,
        end=member.end,
        change=against.change,
        edits=as_json(against.edits),
        touches_meaning=against.touches_meaning,
        reason=against.reason,
        source_id=source_id,
        source_change=source_change,
        source_edits=source_edits,
        source_confidence=source.confidence if source is not None else None,
        credit=version.credit.name if version.credit is not None else None,
    )


def _extends(difference: Comparison) -> bool:
    """Whether the version has all of its source and goes beyond it."""
    return difference.extended and difference.change in ("same", "shortened")


# --- disputes ------------------------------------------------------------------------------------


def _speaker(members: Sequence[Member], who: People) -> str | None:
    """Whom most outlets credit, each house once; None on a tie."""
    votes: dict[str, set[str]] = defaultdict(set)
    for m in members:
        if m.speaker_id is not None:
            votes[m.speaker_id].add(m.carrier.house)
    named = {k: v for k, v in votes.items() if who.kind.get(k) != "unnamed"} or votes
    ranked = sorted(((len(v), k) for k, v in named.items()), reverse=True)
    if not ranked or (len(ranked) > 1 and ranked[0][0] == ranked[1][0]):
        return None
    return ranked[0][1]


def _disputes(
    family_id: str,
    versions: Sequence[Version],
    who: People,
    text: Text,
    marked: Mapping[str, list[tuple[int, int]]],
) -> list[Dispute]:
    """What two versions cannot both be right about, the earliest of each side."""
    result: list[Dispute] = []

    def dispute(kind: str, a: Version, b: Version) -> None:
        result.append(
            Dispute(
                id=content_id("dispute", family_id, kind, a.id, b.id),
                family_id=family_id,
                kind=kind,  # type: ignore[arg-type]
                a_variant_id=a.id,
                b_variant_id=b.id,
            )
        )

    credited_to: dict[str, list[Version]] = defaultdict(list)
    for v in versions:
        m = v.member
        if m.speaker_id is not None and m.confidence >= SURE and m.quoted:
            credited_to[m.speaker_id].append(v)
    main = max(
        credited_to,
        key=lambda k: (
            len({v.member.carrier.house for v in credited_to[k]}),
            -versions.index(credited_to[k][0]),
        ),
        default=None,
    )
    if main is not None:
        for key in sorted(credited_to, key=lambda k: versions.index(credited_to[k][0])):
            if key != main and who.differ(main, key):
                dispute("speaker", credited_to[main][0], credited_to[key][0])
    said = next((v for v in versions if v.member.carrier.outlet_kind == "origin"), None) or next(
        (v for v in versions if v.member.quoted), None
    )
    quoting = {v.member.carrier.id for v in versions if v.member.quoted}
    if said is not None:
        for v in versions:
            m = v.member
            # Verbatim in a reported clause, or in the outlet's own voice.
            own = m.speaker_id is None or v.against.change in ("same", "shortened")
            lifted = not m.quoted and own and v.against.change != "paraphrased"
            elsewhere = m.carrier.id not in quoting and m.carrier.outlet_kind != "origin"
            if lifted and elsewhere and m.carrier.house != said.member.carrier.house:
                dispute("quote_or_prose", said, v)
    for v in versions:
        outside = _outside_marks(v, text, marked) if v.member.quoted else ()
        inside = next(
            (
                u
                for u in versions
                if u.member.quoted and u is not v and outside and _has(u.words.keys, outside)
            ),
            None,
        )
        if inside is not None:
            dispute("marks", inside, v)
    return result


def _outside_marks(
    version: Version, text: Text, marked: Mapping[str, list[tuple[int, int]]]
) -> tuple[str, ...]:
    """The words of the fullest version that stand right outside of this one's marks."""
    whole, member = text(version.member.carrier.id), version.member
    edits = [e for e in version.against.edits if e.op != "insert"]
    if not edits:
        return ()
    language = member.carrier.language
    others = [span for span in marked.get(member.carrier.id, ()) if span not in member.spans]
    head, tail = edits[0], edits[-1]
    if head.op == "delete":
        floor = max((e for s, e in others if e <= member.start), default=0)
        missing = words_of([(0, head.was)], language).keys
        beside = words_of([(0, whole[max(member.start - BESIDE, floor) : member.start])], language)
        run = _run(missing[::-1], beside.keys[::-1], version.words.language)
        if run:
            return run[::-1]
    if tail.op == "delete":
        ceiling = min((s for s, e in others if s >= member.end), default=len(whole))
        missing = words_of([(0, tail.was)], language).keys
        beside = words_of([(0, whole[member.end : min(member.end + BESIDE, ceiling)])], language)
        return _run(missing, beside.keys, version.words.language)
    return ()


def _run(missing: Sequence[str], beside: Sequence[str], language: str) -> tuple[str, ...]:
    """The words that both begin with, if they tell enough."""
    same = 0
    for a, b in zip(missing, beside, strict=False):
        if a != b:
            break
        same += 1
    found = tuple(missing[:same])
    return found if sum(bits(k, language) for k in found) >= MARKED_BITS else ()


def _has(keys: Sequence[str], run: Sequence[str]) -> bool:
    return any(tuple(keys[k : k + len(run)]) == tuple(run) for k in range(len(keys)))


# --- passages ------------------------------------------------------------------------------------


def _appearance_sources(
    shown: Sequence[Appearance],
    carriers: Mapping[str, Carrier],
    credited_by: Credits,
    overlap: Surroundings,
) -> dict[str, str]:
    """For each appearance of a passage the earlier one it was most likely taken from."""
    result: dict[str, str] = {}
    for unsorted in _by_passage(shown):
        group = sorted(unsorted, key=lambda a: (_time(carriers[a.article_id]), a.start, a.id))
        by_outlet: dict[str | None, Appearance] = {}
        for n, a in enumerate(group):
            carrier = carriers[a.article_id]
            credit = credited_by(carrier, [(a.start, a.end)])
            candidates = {
                b.id: b for b in (*group[: min(n, CANDIDATES)], *group[max(n - 8, 0) : n])
            }
            named = by_outlet.get(credit.outlet_id) if credit and credit.outlet_id else None
            if named is not None:
                candidates[named.id] = named
            scores: list[tuple[float, str]] = []
            for b in candidates.values():
                other = carriers[b.article_id]
                if b.article_id == a.article_id or not earlier(other.published, carrier.published):
                    continue
                score = 5.0 if b is named else 0.0
                if credit is not None and credit.outlet_id is not None and b is not named:
                    score -= 2.5
                score += 4.0 * _signature_likeness(a, b)
                score += min(math.log2(1 + overlap(a.article_id, b.article_id) / 12), 5.0)
                score += {"agency": 1.0, "origin": 0.75}.get(other.outlet_kind or "", 0.0)
                scores.append((round(score, 4), b.id))
            if scores:
                # The earliest of equals: max keeps the first, and candidates are in time order.
                result[a.id] = max(scores, key=lambda row: row[0])[1]
            by_outlet.setdefault(carrier.outlet_id, a)
    return result


def _signature_likeness(a: Appearance, b: Appearance) -> float:
    """The share of equal MinHash values, the Jaccard likeness of the two texts."""
    if not a.signature or not b.signature or len(a.signature) != len(b.signature):
        return 0.0
    width = 4
    count = len(a.signature) // width
    same = sum(
        a.signature[k : k + width] == b.signature[k : k + width]
        for k in range(0, count * width, width)
    )
    return same / count
