"""Runs of capitalised words -> names: titles taken off, people told from organisations."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from reuse.capitals import JOINTS, MARKS
from reuse.lexicon import Lexicon, bare, common_names, first_names, fold, lexicon

# "R-Ohio" behind a name is no name.
PARTY: Final = frozenset(("r-", "d-", "i-"))
# Words that are remembered.
_KNOWN: Final = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class Name:
    """One name as it was written: its words without titles, and the titles.

    ``keys`` are the folded words without initials, nicknames and suffix. ``kind`` is what its own
    words say: "person", "organisation", "place", "other" (a building, a law), "" (cannot be told).
    ``weak``: an ordinary word ("Baker", "Dean") that is a name only beside a full one.
    """

    words: tuple[str, ...]
    keys: tuple[str, ...]
    suffix: str
    titles: tuple[str, ...]
    gender: str | None
    kind: str
    weak: bool
    ahead: int  # how many tokens of titles stand before it
    text: str


# A name and where it stands: its first token and the one after its last.
Placed = tuple[int, int, Name]


class Word:
    """What one capitalised word, or one that stands between two, is by itself.

    ``step`` is what it does to the run it stands in: "n" goes on with a name, "c" cuts it ("Don't",
    "Leeds-based"), "f" is a function word, "h" one that may begin a name, "j" joins two words.
    """

    __slots__ = (
        "bare", "given", "initial", "inner", "key", "mark", "opens", "ordinary", "organisation",
        "plain", "role", "step", "suffix", "title",
    )  # fmt: skip

    def __init__(self, word: str, told: dict[str, int], lex: Lexicon) -> None:
        self.bare = own = bare(word)
        self.key = key = fold(own)
        bits = told.get(key, 0)
        if "-" in key and not bits:
            bits = told.get(key.rpartition("-")[2], 0) & (_TITLE | _ORDINARY | _TELLING)  # co-chair
        letters = own.isalpha() and len(own) > 1
        self.given = bits & _GIVEN
        self.title = bits & _TITLE
        self.suffix = bits & _SUFFIX
        self.ordinary = bits & _ORDINARY
        self.organisation = bits & _ORGANISATION
        self.role = bool(lex.role(key))
        self.plain = letters and not bits & _TELLING
        self.inner = self.plain and own == word
        self.mark = word in MARKS
        self.initial = not letters and _initial(own)
        self.opens = word[0].isupper() or (word[2:3] == "-" and word[3:4].isupper())
        self.step = "n"
        if not word[0].isupper():
            self.step = "j" if key in JOINTS else "n"
        elif not letters and (_contracted(word) or _compound(word, lex)):
            self.step = "c"
        elif bits & _FUNCTION and not (len(word) == 2 and word[1] == "."):
            self.step = "h" if bits & _HARD and word[-1] != "." else "f"  # "Jan. 5"


# What the tables say of a word.
_GIVEN, _TITLE, _SUFFIX, _ORDINARY, _ORGANISATION, _TELLING, _FUNCTION, _HARD = (
    1 << n for n in range(8)
)


class _Known(dict[str, Word]):
    """Every word met so far, and emptied when it grows large."""

    def __init__(self, lex: Lexicon) -> None:
        super().__init__()
        self.lexicon = lex
        self.told: dict[str, int] = {}
        for bit, words in (
            (_GIVEN, first_names()), (_TITLE, lex.titles), (_SUFFIX, (*lex["suffixes"], ",")),
            (_ORDINARY, lex.ordinary), (_ORGANISATION, lex["organisations"]),
            (_TELLING, lex.telling), (_FUNCTION, lex["function_words"] | lex.past),
            (_HARD, lex["hard_function_words"]),
        ):  # fmt: skip
            for word in words:
                self.told[word] = self.told.get(word, 0) | bit

    def __missing__(self, word: str) -> Word:
        if len(self) > _KNOWN:
            self.clear()
        made = self[word] = Word(word, self.told, self.lexicon)
        return made


@lru_cache(maxsize=32)
def known_words(code: str) -> _Known:
    """What the words of a language are, by the word."""
    return _Known(lexicon(code))


@lru_cache(maxsize=1 << 15)
def names_in(run: tuple[str, ...], code: str) -> tuple[Placed, ...]:
    """The names of a run, placed in it: "But Gov. Mary Holt of Ohio" has two."""
    lex = lexicon(code)
    words = list(map(known_words(code).__getitem__, run))
    if lex.nouns_have_capitals:
        found = [_among_nouns(words[a:b], a, lex) for a, b in _pieces(words, lex)]
    else:
        plain = _plain(words, lex)
        if plain is not None:
            return ((0, len(run), plain),)
        found = [_name(words[a:b], a, lex) for a, b in _pieces(words, lex)]
    return tuple([name for name in found if name is not None])


def _plain(words: list[Word], lex: Lexicon) -> Name | None:
    """The name that most runs are: words that tell nothing by themselves; else ``None``."""
    last = words[-1]
    if len(words) > 3 or not last.plain or not words[0].opens:
        return None
    if len(words) == 1:
        weak = last.key[:-1] in lex.ordinary
        kind = _kind_of_one(last.bare, False, lex)
        return _one((last.bare,), (last.key,), "", (), None, kind, weak, 0)
    for word in words[:-1]:
        if not word.inner:
            return None
    keys = tuple([word.key for word in words])
    gender = _given_gender(keys[0])
    kind = "person" if words[0].given else ""
    return _one(tuple([word.bare for word in words]), keys, "", (), gender, kind, False, 0)


def _pieces(words: list[Word], lex: Lexicon) -> list[tuple[int, int]]:
    """The run cut at words that are no part of a name, and at joints that join no organisation."""
    cuts = [-1]
    n = len(words)
    for i, word in enumerate(words):
        step = word.step
        if step == "n":
            continue
        if step == "h" and i + 1 < n:
            title = words[i - 1]
            if cuts[-1] == i - 1 or (title.title and title.bare[-1] == "."):
                continue  # Gov. May Reed
        if step == "f" and i + 1 < n and words[i - 2].key == "to" and cuts[-1] < i - 3:
            continue  # Alliance to Save Our Rivers
        if step == "f" and word.organisation and cuts[-1] < i - 1:
            continue  # River Watch
        if step != "j" or not _keeps(words[cuts[-1] + 1 : i], word.key, lex):
            cuts.append(i)
    cuts.append(n)
    out = []
    for before, b in pairwise(cuts):
        a = before + 1
        while a < b and not words[a].opens:
            a += 1
        while a < b and not words[b - 1].opens and not words[b - 1].mark:
            b -= 1
        if a < b:
            out.append((a, b))
    return out


def _contracted(word: str) -> bool:
    """Whether a capitalised word is "Don't", "I've", "We're"."""
    low = word.lower().replace("’", "'")
    return low.endswith(("n't", "'ve", "'re", "'ll", "'m", "'d")) or low in {
        "i'm",
        "it's",
        "that's",
    }


def _compound(word: str, lex: Lexicon) -> bool:
    """Whether a hyphen makes an adjective of a name: "Leeds-based", "French-led"."""
    last = word.rpartition("-")[2] if "-" in word else ""
    return last in lex["compounds"] or (len(last) > 3 and last.endswith(("ed", "ing")))


def _keeps(piece: list[Word], joint: str, lex: Lexicon) -> bool:
    """Whether "of", "for", "and" after these words goes on with the same name."""
    if not piece:
        return False
    if joint == "&":
        return True
    keys = [word.key for word in piece if not word.mark]
    head = keys[-1]
    if joint == "to":
        return head in lex["bodies"]  # Alliance to Save Our Rivers
    if joint in {"of", "for"}:
        if head in lex.titles and (joint == "of" or len(keys) == 1):
            return True  # Secretary of State
        return (
            head in lex["organisations"]
            or head in lex["members"]
            or (
                len(keys) == 1
                and head not in first_names()
                and not _ordinary(head, lex)
                and head not in lex["footage"]
                and head not in lex.places
            )
        )
    # "and", "on" go on with a name that has a joint already, or that such a head opened.
    inner = "of" in keys or "for" in keys
    opener = inner and (
        keys[0] in lex["organisations"] or keys[0] in lex["members"] or keys[0] in lex.titles
    )
    return opener or (joint == "on" and head in lex["organisations"])


def _name(words: list[Word], at: int, lex: Lexicon) -> Placed | None:
    """The name in some words of a run, the first of which is its word `at`."""
    suffix, end = "", len(words)
    while end > 1 and words[end - 1].suffix:
        end -= 1
        suffix = words[end].key if words[end].key != "," else suffix
    words = words[:end]
    keys = [word.key for word in words]
    if (words[-1].title and _only_a_title(keys, lex)) or keys[0][:2] in PARTY:
        return None
    begin = _behind_titles(words, keys, lex)
    if begin is None:
        return _whole(words, keys, at, lex)
    titles, ahead = keys[:begin], begin
    while begin < end and words[begin].mark:
        begin += 1
    while end - begin > 1 and (
        (words[begin].ordinary and _stands_before(keys[begin:], lex))
        or (words[begin + 1].given and _letters_before(words[begin].bare, words[begin + 1].bare))
    ):
        titles.append(keys[begin])
        begin += 1
    if begin == end:
        return None
    words, keys = words[begin:], keys[begin:]
    written = tuple([word.bare for word in words])
    marked = any(word.mark for word in words)
    if marked:
        solid = tuple(
            word.key
            for word, before in zip(words, ("", *written), strict=False)
            if word.key and not word.initial and not word.mark and before not in MARKS
        )
    else:
        solid = tuple([word.key for word in words if word.key and not word.initial])
    if not solid:
        return None
    if titles and titles[-1] in lex["courtesy"]:
        kind = "person"
    else:
        kind = _kind(written, [key for key in keys if key], ahead > 0, lex)
    if kind == "none":
        return None
    name = _one(
        _shown(written) if marked else written,
        solid,
        suffix,
        tuple([t for t in titles if t not in JOINTS]),
        _gender(titles, keys, solid, kind, lex),
        kind,
        not titles and len(solid) == 1 and _ordinary(solid[0], lex),
        ahead,
    )
    return at + begin, at + end, name


def _among_nouns(words: list[Word], at: int, lex: Lexicon) -> Placed | None:
    """A name where every noun has a capital: behind a title, from a first name on, or two nouns
    that stand side by side. One noun alone is a name only beside a full one."""
    suffix, end = "", len(words)
    while end > 1 and words[end - 1].suffix and words[end - 1].key != ",":
        end -= 1
        suffix = words[end].key
    keys = tuple([word.key for word in words[:end]])
    given = next((i for i, word in enumerate(words[: end - 1]) if word.given), None)
    if given is not None:
        begin = given
    else:
        begin = next((i for i in range(end - 1, 0, -1) if words[i - 1].role), 0)
    titles, keys = keys[:begin], keys[begin:]
    particles = lex["particles"]
    if words[end - 1].role or keys[0] in particles or keys[-1] in particles:
        return None
    if len(keys) > 1 and given is None and not particles.isdisjoint(keys):
        return None  # Sprecher von Banken
    titled = begin > 0 and words[begin - 1].role
    words = words[begin:end]
    written = tuple([word.bare for word in words])
    letters = len(keys) == 1 and is_letters(written[0])
    if letters or words[-1].organisation:
        kind = "organisation"
    else:
        kind = "person" if titled or given is not None else ""
    weak = len(keys) == 1 and not letters and not titled
    solid = tuple([word.key for word in words if not word.initial]) or keys
    gender = _gender(titles, keys, solid, kind, lex)
    name = _one(written, solid, suffix, titles, gender, kind, weak, len(titles))
    return at + begin, at + end, name


def is_letters(word: str) -> bool:
    """Whether a word by itself is the letters of a body: "SPD"."""
    return word.isupper() and 1 < len(word) < 7


def _shown(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words as a name is written: the marks of a nickname stand at it."""
    if not any(w in MARKS for w in words):
        return words
    out: list[str] = []
    opening = ""
    inside = False
    for word in words:
        if word not in MARKS:
            out.append(opening + word)
            opening = ""
        elif inside:
            if not opening:
                out[-1] += word
            inside, opening = False, ""
        else:
            inside, opening = True, word
    return tuple(out)


@lru_cache(maxsize=1 << 15)
def _one(
    words: tuple[str, ...],
    keys: tuple[str, ...],
    suffix: str,
    titles: tuple[str, ...],
    gender: str | None,
    kind: str,
    weak: bool,
    ahead: int,
) -> Name:
    """Names written alike are one object, whichever runs they stand in."""
    return Name(words, keys, suffix, titles, gender, kind, weak, ahead, " ".join(words))


def _whole(words: list[Word], keys: list[str], at: int, lex: Lexicon) -> Placed | None:
    """Words that begin like a title and go on like an organisation: "Secretary of State"."""
    written = tuple([word.bare for word in words])
    kind = _kind(written, keys, False, lex)
    if kind != "organisation":
        return None
    name = _one(written, tuple(keys), "", (), None, kind, False, 0)
    return at, at + len(words), name


def _only_a_title(keys: list[str], lex: Lexicon) -> bool:
    """Whether words that end with a title name nobody but an office: "Attorney General"."""
    head = head_of(keys)
    if len(keys) == 1 or head in lex["organisations"] or (head in lex["members"] and "for" in keys):
        return False
    if keys[-1] not in lex["surname_titles"]:
        return True
    before = keys[-2]
    return not (before in first_names() or before in lex["honorifics"] or len(before) == 1)


def _behind_titles(words: list[Word], keys: list[str], lex: Lexicon) -> int | None:
    """Where the name begins behind its titles; ``None`` when there is no name behind them."""
    cut = 0
    for i in range(len(words) - 2, -1, -1):
        word = words[i]
        # "Port Chief Ann Lee"; "Energy Democrat Ann Lee", where a first name makes it sure.
        if word.title or (
            i and word.ordinary and words[i + 1].given and not word.given and i + 2 < len(words)
        ):
            cut = i + 1
            break
    if not cut:
        return 0
    behind = keys[cut:]
    if (
        keys[cut - 1] not in lex["courtesy"]
        and behind[0] not in {"of", "for"}
        and behind[0] not in first_names()
        and head_of(behind) in lex["organisations"]
    ):
        cut = 0  # General Assembly, Justice Department
    if not cut or keys[cut] not in {"of", "for"}:
        return cut
    # "Secretary of State John Kerry", "Undersecretary for Political Affairs Wendy Sherman".
    after = cut + 1
    while after < len(keys) and keys[after] in lex["offices"]:
        after += 1
    while after < len(keys) - 1 and keys[after] not in first_names():
        after += 1
    if after >= len(keys) or (after == len(keys) - 1 and keys[after - 1] not in lex["offices"]):
        return None
    return after


def _stands_before(keys: list[str], lex: Lexicon) -> bool:
    """Whether the first word is no part of the name: "Republican Mary Holt"."""
    word, last = keys[0], keys[-1]
    if not JOINTS.isdisjoint(keys):
        return False
    if last in lex["organisations"] or last in lex["not_people"]:
        return False
    if f"{word} {keys[1]}" in lex.places:
        return False
    if word in lex["groups"]:
        # "Republican Okonjo Bello"; but Black Lives Matter.
        return bool(lex.meaning("parties", word)) or keys[1] in first_names()
    if word in first_names() or word in common_names()["first"]:
        return False  # Guy Reed
    return word in lex.introducing or (word in lex["nationalities"] and len(keys) > 2)


def _letters_before(word: str, follows: str) -> bool:
    """Whether a word is the letters of a body before a name: "UN Ann Lee", behind "ambassador to
    the"."""
    return word.isupper() and 1 < len(word) < 6 and not follows.isupper()


def _ordinary(key: str, lex: Lexicon) -> bool:
    return key in lex.ordinary or key.removesuffix("s") in lex.ordinary or key.isdigit()


def _gender(
    titles: Sequence[str], keys: Sequence[str], solid: Sequence[str], kind: str, lex: Lexicon
) -> str | None:
    for word in reversed(titles):
        told = lex.genders.get(word)
        if told:
            return told
    if kind not in {"person", ""}:
        return None
    if len(solid) > 1:
        return _given_gender(keys[0]) or _given_gender(solid[0])
    return None


def _given_gender(key: str) -> str | None:
    """The sex of those who bear a first name, if it is one sex."""
    known = first_names().get(key)
    return known if known in {"f", "m"} else None


def _initial(word: str) -> bool:
    return len(word) == 1 or (word.endswith(".") and all(len(p) <= 1 for p in word.split(".")))


def _kind(words: Sequence[str], keys: Sequence[str], titled: bool, lex: Lexicon) -> str:
    whole = " ".join(keys)
    if whole in lex.places:
        return "place"
    if "&" in words:
        return "organisation"
    head = head_of(keys)
    given = keys[0] in first_names()
    if given and len(keys) == 3 and len(keys[1]) == 1 and _initial(words[1]):
        return "person"  # Douglas J. Band
    if head in lex["organisations"] and not (titled and len(keys) <= 2 and given):
        if len(keys) == 2 and given and head in lex["surnames_too"]:
            return "person"
        return "organisation"
    if head in lex["members"] and len(keys) > 2:
        return "organisation"
    if keys[0] in lex["bodies_open"] and len(keys) > 1 and not titled:
        return "organisation"  # Team Holt
    whole_words = sum(len(key) > 1 for key in keys)
    if whole_words > 1 + given and (head in lex["groups"] or head in lex["nationalities"]):
        return "other"
    surname = given and len(keys) == 2 and head in lex["surnames_too"]
    if head in lex["not_people"] and not titled and not surname:
        return "other"
    if len(keys) > 1 and not given and all(w.isupper() and len(w) > 2 for w in words):
        return "other"  # capitals for their own sake
    if len(keys) == 1:
        return _kind_of_one(words[0], titled, lex)
    if titled or given or any(_initial(w) for w in words[:-1]):
        return "person"
    return ""


def head_of(keys: Sequence[str]) -> str:
    """The noun that says what a name is of: the last word, or the one before "of", "for"."""
    for i, key in enumerate(keys):
        if i and key in JOINTS:
            return keys[i - 1]
    return keys[-1]


def _kind_of_one(word: str, titled: bool, lex: Lexicon) -> str:
    if titled:
        return "person"
    if word.isupper() and 1 < len(word.replace(".", "")) <= 6:
        return "organisation"
    key = fold(word)
    if key in lex["known_bodies"] or (_CAMEL.match(word) and key not in first_names()):
        return "organisation"
    return ""


# ProPublica, RealClearPolitics; but McCain, DeSantis, LaToya, VandeHei.
_CAMEL: Final = re.compile(
    r"(?!(?:Ma?c|D[aeiu]|L[aeio]|Fitz|V[ao]n|Vander?|Ja|Sha|Jo|Ann|Rose|Mary)[A-Z][a-z]+$)"
    r"[A-Z]\w*[a-z][A-Z]"
)
