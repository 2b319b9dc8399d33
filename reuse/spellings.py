"""Two full names -> whether they may be spellings of one, and how much that says by itself."""

from __future__ import annotations

from functools import lru_cache
from math import log

from rapidfuzz.distance import OSA

from reuse.lexicon import common_names, first_names, lexicon

# A first name and a surname, folded.
FullName = tuple[str, str]

# People in the news among whom one may have a namesake.
_NEWS_PEOPLE = 20_000
# Bearers in 100,000 of a first name and of a surname that are not in the census tables.
_RARE_FIRST, _RARE_LAST = 3, 1
# A shorter skeleton of consonants says too little.
_SOUNDS_ENOUGH = 3


def namesakes(first: str, last: str) -> float:
    """How many others of this name one may expect among the people in the news."""
    common = common_names()
    given = common["first"].get(first, _RARE_FIRST)
    family = common["surnames"].get(last, _RARE_LAST)
    return _NEWS_PEOPLE * (given / 100_000) * (family / 100_000)


def blocks(first: str, last: str) -> set[str]:
    """Keys of which two spellings of one name share at least one."""
    lex = lexicon("en")
    one, other = (first, last) if first < last else (last, first)
    out = {
        f"n {first} {last}",
        f"i {first[0]} {last}",
        f"o {one} {other}",
        f"s {sounds(first)} {sounds(last)}",
    }
    for full in lex.meaning("nicknames", first):
        out.add(f"n {full} {last}")
    # Symmetric deletes: two words one letter apart share a form with one letter left out.
    if len(last) >= 5:
        out.update([f"l {first} {short}" for short in _shorter(last)])
    if len(first) >= 4:
        out.update([f"f {short} {last}" for short in _shorter(first)])
    return out


def _shorter(word: str) -> set[str]:
    return {word, *(word[:k] + word[k + 1 :] for k in range(len(word)))}


_SOUNDS = (
    ("kh", "h"), ("gh", "g"), ("ph", "f"), ("sch", "s"), ("tch", "s"), ("sh", "s"), ("ch", "s"),
    ("zh", "s"), ("th", "t"), ("dh", "d"), ("ck", "k"), ("q", "k"), ("c", "k"), ("x", "ks"),
    ("w", "v"), ("j", "y"), ("z", "s"), ("g", "k"), ("h", ""),
)  # fmt: skip


@lru_cache(maxsize=1 << 16)
def sounds(word: str) -> str:
    """The consonants of a name, so that one transliteration meets another."""
    for old, new in _SOUNDS:
        word = word.replace(old, new)
    out: list[str] = []
    for i, c in enumerate(word):
        if c in "aeiouy- ":
            c = "" if i else "a"
        if c and (not out or out[-1] != c):
            out.append(c)
    return "".join(out)


def variation(a: FullName, b: FullName) -> float | None:
    """What two spellings say by themselves for being one person's, in log odds.

    ``None``: they are not spellings of one name, or are the same.
    """
    (first_a, last_a), (first_b, last_b) = a, b
    if last_a == last_b:
        return None if first_a == first_b else _given(a, b)
    if first_a == first_b:
        if min(len(last_a), len(last_b)) >= 5 and OSA.distance(last_a, last_b) == 1:
            surnames = common_names()["surnames"]
            return -3.5 if last_a in surnames and last_b in surnames else -1.0
        return -1.5 if _sound_alike(last_a, last_b) else None
    if (first_a, last_a) == (last_b, first_b):
        return -1.0
    if _sound_alike(last_a, last_b) and sounds(first_a) == sounds(first_b):
        return -2.0
    return None


def _sound_alike(a: str, b: str) -> bool:
    return sounds(a) == sounds(b) and len(sounds(a)) >= _SOUNDS_ENOUGH


def _given(a: FullName, b: FullName) -> float | None:
    """The same for two first names before one surname."""
    lex, known = lexicon("en"), first_names()
    one, other = a[0], b[0]
    rare = -log(max(namesakes(*a), namesakes(*b)) + 1e-3)
    full = {one, *lex.meaning("nicknames", one)}
    if not full.isdisjoint({other, *lex.meaning("nicknames", other)}):
        return min(2.5, 0.5 * rare)
    if min(len(one), len(other)) == 1:
        return -2.0 + 0.3 * rare if one[0] == other[0] else None
    one_letter = OSA.distance(one, other) == 1
    alike = sounds(one) == sounds(other) and one[0] == other[0]
    if one in known and other in known:
        return -2.5 if alike else -4.5 if one_letter else None
    if one_letter and min(len(one), len(other)) >= 4:
        return -0.5
    return -1.0 if alike else None
