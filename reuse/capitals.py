"""Words with capitals -> names: titles and roles taken off, people told from organisations."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from reuse.lexicon import Lexicon, bare, first_names, fold, lexicon
from reuse.prose import Prose

# A longer run of capitals is no name; it also bounds what one run may cost.
_LONGEST = 14
# Text set in lines has them at least so long; a shorter one is a headline or a list.
_FULL_LINE = 50
_BREAKS = frozenset("\n\r")
_MARKS = frozenset("\"“”„‘’'()")
# "R-Ohio" behind a name is no name.
_PARTY = frozenset(("r-", "d-", "i-"))
_JOINTS = frozenset(("of", "for", "and", "on", "to", "&"))


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


def capitals(prose: Prose) -> list[int]:
    """The tokens that have a capital."""
    return [i for i, (w, low) in enumerate(zip(prose.words, prose.lower, strict=True)) if w != low]


def names(prose: Prose, capital: Sequence[int], lex: Lexicon) -> list[Placed]:
    """The names of a text, in order."""
    return [
        (at + first, at + last, name)
        for at, run in _runs(prose, capital, lex)
        for first, last, name in names_in(run, lex.code)
    ]


def _runs(
    prose: Prose, capital: Sequence[int], lex: Lexicon
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Runs of capitalised words, each with the index of its first token.

    Words of a name may have "of", "for", "and", "van der" or a nickname in marks between them; a
    full stop, the end of a paragraph or a possessive ends the run.
    """
    words, lower = prose.words, prose.lower
    particles, function = lex["particles"], lex["function_words"]
    text, ends = prose.text, prose.ends
    begins = {a for a, _ in prose.paragraphs}
    n = len(words)
    first = last = -1
    for i in capital:
        if last >= 0:
            gap = i - last
            word = words[last]
            joined = (
                i - first < _LONGEST
                and gap <= 3
                and i not in begins
                and word[-2:] not in {"'s", "’s"}
                and (gap == 1 or _joins(words, last, i, particles, n))
                and (text[ends[i - 1]] not in _BREAKS or _wrapped(text, ends[i - 1]))
            )
            if joined:
                last = i
                continue
            if first < last or lower[first] not in function:
                yield first, tuple(words[first : last + 1])
        first = last = i
    if last >= 0:
        yield first, tuple(words[first : last + 1])


def _wrapped(text: str, end: int) -> bool:
    """Whether a line that ends there is full, so that a name may run on into the next."""
    return end - 1 - max(text.rfind("\n", 0, end), text.rfind("\r", 0, end)) >= _FULL_LINE


def _joins(words: Sequence[str], last: int, i: int, particles: frozenset[str], n: int) -> bool:
    """Whether what stands between two capitalised words can stand inside a name."""
    between = words[last + 1]
    if i - last == 2:
        if between in particles or between in _JOINTS:
            return True
        if between in _MARKS:
            # Robert "Bob" Gale: a mark opens, closes, and a capital follows.
            if words[last - 1] in _MARKS:
                return True
            return (
                i + 2 < n
                and words[i + 1] in _MARKS
                and words[i + 2][0].isupper()
                and words[i].isalpha()
                and not words[i].isupper()
            )
        return between == "," and words[i] in {"Jr.", "Sr.", "Jr", "Sr", "II", "III", "IV"}
    if i - last == 3:
        pair = between, words[last + 2]
    else:
        return False
    return pair == ("of", "the") or (pair[0] in particles and pair[1] in particles)


@lru_cache(maxsize=1 << 15)
def names_in(run: tuple[str, ...], code: str) -> tuple[Placed, ...]:
    """The names of a run, placed in it: "But Gov. Mary Holt of Ohio" has two."""
    lex = lexicon(code)
    if lex.nouns_have_capitals:
        found = (_among_nouns(run, piece, lex) for piece in _pieces(run, lex))
        return tuple(name for name in found if name is not None)
    plain = _plain(run, lex)
    if plain is not None:
        return ((0, len(run), plain),)
    found = (_name(run, piece, lex) for piece in _pieces(run, lex))
    return tuple(name for name in found if name is not None)


def _plain(run: tuple[str, ...], lex: Lexicon) -> Name | None:
    """The name that most runs are: words that tell nothing by themselves; else ``None``."""
    words = (*run[:-1], bare(run[-1]))
    if len(words) > 3 or not all(word.isalpha() and len(word) > 1 for word in words):
        return None
    keys = tuple(map(fold, words))
    if not lex.telling.isdisjoint(keys) or not words[0][0].isupper():
        return None
    if len(keys) == 1:
        weak = keys[0][:-1] in lex.roles
        return _one(words, keys, "", (), None, _kind_of_one(words[0], False), weak, 0)
    gender = _given_gender(keys[0])
    kind = "person" if keys[0] in first_names() else ""
    return _one(words, keys, "", (), gender, kind, False, 0)


def _pieces(run: tuple[str, ...], lex: Lexicon) -> list[list[int]]:
    """The run cut at words that are no part of a name, and at joints that join no organisation."""
    function, hard = lex["function_words"], lex["hard_function_words"]
    pieces: list[list[int]] = [[]]
    for i, word in enumerate(run):
        low = fold(bare(word))
        piece = pieces[-1]
        if word[0].isupper():
            if _contracted(word) or _compound(word, lex):
                pieces.append([])
            elif low in function and not (len(word) == 2 and word[1] == "."):
                if low in hard and not piece and i + 1 < len(run):
                    piece.append(i)
                else:
                    pieces.append([])
            else:
                piece.append(i)
        elif low in _JOINTS and not _keeps(run, piece, low, lex):
            pieces.append([])
        else:
            piece.append(i)
    out = []
    for piece in pieces:
        while piece and not _opens(run[piece[0]]):
            piece = piece[1:]
        while piece and not _opens(run[piece[-1]]) and run[piece[-1]] not in _MARKS:
            piece = piece[:-1]
        if piece:
            out.append(piece)
    return out


def _opens(word: str) -> bool:
    """Whether a name can begin with a word: a capital, or one behind "al-" and the like."""
    return word[0].isupper() or (word[2:3] == "-" and word[3:4].isupper())


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


def _keeps(run: tuple[str, ...], piece: list[int], joint: str, lex: Lexicon) -> bool:
    """Whether "of", "for", "and" after these words goes on with the same name."""
    if not piece:
        return False
    keys = [fold(run[i]) for i in piece if run[i] not in _MARKS]
    if joint == "&":
        return True
    if joint == "to":
        return keys[-1] in lex["bodies"]  # Alliance to Save Our Rivers
    if joint in {"of", "for"}:
        if keys[-1] in lex.titles and joint == "of":
            return True  # Secretary of State
        head = keys[-1]
        return (
            head in lex["organisations"]
            or head in lex["members"]
            or (
                len(keys) == 1
                and head not in first_names()
                and head not in lex["groups"]
                and head not in lex.places
            )
        )
    # "and", "on" go on with a name that has a joint already, or that such a head opened.
    inner = any(k in {"of", "for"} for k in keys)
    opener = inner and (
        keys[0] in lex["organisations"] or keys[0] in lex["members"] or keys[0] in lex.titles
    )
    return opener or (joint == "on" and keys[-1] in lex["organisations"])


def _name(run: tuple[str, ...], piece: list[int], lex: Lexicon) -> Placed | None:
    keys = [fold(bare(run[i])) for i in piece]
    suffix = ""
    while len(keys) > 1 and (keys[-1] in lex["suffixes"] or keys[-1] == ","):
        suffix = keys[-1] if keys[-1] != "," else suffix
        piece, keys = piece[:-1], keys[:-1]
    if _only_a_title(keys, lex) or keys[0][:2] in _PARTY:
        return None
    cut = _behind_titles(keys, lex)
    if cut is None:
        return _whole(run, piece, keys, lex)
    titles, piece, keys = keys[:cut], piece[cut:], keys[cut:]
    titled, ahead = bool(titles), len(titles)
    while piece and run[piece[0]] in _MARKS:
        piece, keys = piece[1:], keys[1:]
    while len(keys) > 1 and (
        _stands_before(keys, lex) or _letters_before(run[piece[0]], run[piece[1]], keys)
    ):
        titles.append(keys[0])
        piece, keys = piece[1:], keys[1:]
    if not keys:
        return None
    words = tuple(bare(run[i]) for i in piece)
    solid = tuple(
        k
        for w, k, before in zip(words, keys, ("", *words), strict=False)
        if k and not _initial(w) and w not in _MARKS and before not in _MARKS
    )
    if not solid:
        return None
    weak = not titles and len(solid) == 1 and _ordinary(solid[0], lex)
    kind = _kind(words, [k for k in keys if k], titled, lex)
    if kind == "none":
        return None
    name = _one(
        _shown(words),
        solid,
        suffix,
        tuple(t for t in titles if t not in _JOINTS),
        _gender(titles, keys, solid, kind, lex),
        kind,
        weak,
        ahead,
    )
    return piece[0], piece[-1] + 1, name


def _among_nouns(run: tuple[str, ...], piece: list[int], lex: Lexicon) -> Placed | None:
    """A name where every noun has a capital: behind a title, from a first name on, or two nouns
    that stand side by side. One noun alone is a name only beside a full one."""
    words = tuple(bare(run[i]) for i in piece)
    keys = tuple(map(fold, words))
    suffix = ""
    while len(keys) > 1 and keys[-1] in lex["suffixes"]:
        suffix, words, keys = keys[-1], words[:-1], keys[:-1]
    given = next((i for i, k in enumerate(keys[:-1]) if k in first_names()), None)
    offices = [i for i, k in enumerate(keys[:-1]) if lex.role(k)]
    begin = given if given is not None else offices[-1] + 1 if offices else 0
    titles, words, keys = keys[:begin], words[begin:], keys[begin:]
    particles = lex["particles"]
    if lex.role(keys[-1]) or keys[0] in particles or keys[-1] in particles:
        return None
    if len(keys) > 1 and given is None and not particles.isdisjoint(keys):
        return None  # Sprecher von Banken
    titled = bool(titles and lex.role(titles[-1]))
    letters = len(keys) == 1 and words[0].isupper() and 1 < len(words[0]) < 7
    if keys[-1] in lex["organisations"] or letters:
        kind = "organisation"
    else:
        kind = "person" if titled or given is not None else ""
    weak = len(keys) == 1 and not letters and not titled
    solid = tuple(k for w, k in zip(words, keys, strict=True) if not _initial(w)) or keys
    gender = _gender(titles, keys, solid, kind, lex)
    name = _one(words, solid, suffix, titles, gender, kind, weak, len(titles))
    return piece[begin], piece[begin] + len(words), name


def _shown(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words as a name is written: the marks of a nickname stand at it."""
    if not any(w in _MARKS for w in words):
        return words
    out: list[str] = []
    opening = ""
    inside = False
    for word in words:
        if word not in _MARKS:
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


def _whole(run: tuple[str, ...], piece: list[int], keys: list[str], lex: Lexicon) -> Placed | None:
    """Words that begin like a title and go on like an organisation: "Secretary of State"."""
    words = tuple(bare(run[i]) for i in piece)
    kind = _kind(words, keys, False, lex)
    if kind != "organisation":
        return None
    name = _one(words, tuple(keys), "", (), None, kind, False, 0)
    return piece[0], piece[-1] + 1, name


def _only_a_title(keys: Sequence[str], lex: Lexicon) -> bool:
    """Whether the words name nobody but an office: "Attorney General"."""
    if keys[-1] not in lex.titles or len(keys) == 1 or head_of(keys) in lex["organisations"]:
        return False
    if keys[-1] not in lex["surname_titles"]:
        return True
    before = keys[-2]
    return not (before in first_names() or before in lex["honorifics"] or len(before) == 1)


def _behind_titles(keys: Sequence[str], lex: Lexicon) -> int | None:
    """Where the name begins behind its titles; ``None`` when there is no name behind them."""
    cut = 0
    for i in range(len(keys) - 2, -1, -1):
        # "Port Chief Ann Lee"; "Energy Democrat Ann Lee", where a first name makes it sure.
        if keys[i] in lex.titles or (
            i
            and keys[i] in lex.ordinary
            and keys[i + 1] in first_names()
            and keys[i] not in first_names()
            and i + 2 < len(keys)
        ):
            cut = i + 1
            break
    behind = keys[cut:]
    if (
        behind[0] != "of"
        and behind[0] not in first_names()
        and head_of(behind) in lex["organisations"]
    ):
        cut = 0  # General Assembly, Justice Department
    if not cut or keys[cut] != "of":
        return cut
    # "Secretary of State John Kerry", "Director of National Intelligence James Clapper".
    after = cut + 1
    while after < len(keys) and keys[after] in lex["offices"]:
        after += 1
    while after < len(keys) - 1 and keys[after] not in first_names():
        after += 1
    if after >= len(keys) or (after == len(keys) - 1 and keys[after - 1] not in lex["offices"]):
        return None
    return after


def _stands_before(keys: Sequence[str], lex: Lexicon) -> bool:
    """Whether the first word is no part of the name: "Republican Mary Holt"."""
    word, last = keys[0], keys[-1]
    if word not in lex.ordinary or not _JOINTS.isdisjoint(keys):
        return False
    if last in lex["organisations"] or last in lex["not_people"]:
        return False
    if f"{word} {keys[1]}" in lex.places:
        return False
    if word in lex["groups"]:
        return True
    if word in first_names():
        return False
    return word in lex.introducing or (word in lex["nationalities"] and len(keys) > 2)


def _letters_before(word: str, follows: str, keys: Sequence[str]) -> bool:
    """Whether the first word is the letters of a body: "UN Ann Lee", behind "ambassador to the"."""
    return (
        word.isupper() and 1 < len(word) < 6 and not follows.isupper() and keys[1] in first_names()
    )


def _ordinary(key: str, lex: Lexicon) -> bool:
    return key in lex.ordinary or key.removesuffix("s") in lex.roles or key.isdigit()


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
    if head in lex["organisations"] and not (titled and len(keys) <= 2 and given):
        if len(keys) == 2 and given and head in lex["surnames_too"]:
            return "person"
        return "organisation"
    if head in lex["members"] and len(keys) > 2:
        return "organisation"
    if len(keys) > 1 + given and (head in lex["groups"] or head in lex["nationalities"]):
        return "other"
    surname = given and len(keys) == 2 and head in lex["surnames_too"]
    if head in lex["not_people"] and not titled and not surname:
        return "other"
    if len(keys) > 1 and not given and all(w.isupper() and len(w) > 2 for w in words):
        return "other"  # capitals for their own sake
    if len(keys) == 1:
        return _kind_of_one(words[0], titled)
    if titled or given or any(_initial(w) for w in words[:-1]):
        return "person"
    return ""


def head_of(keys: Sequence[str]) -> str:
    """The noun that says what a name is of: the last word, or the one before "of", "for"."""
    for i, key in enumerate(keys):
        if i and key in _JOINTS:
            return keys[i - 1]
    return keys[-1]


def _kind_of_one(word: str, titled: bool) -> str:
    if titled:
        return "person"
    if word.isupper() and 1 < len(word.replace(".", "")) <= 6:
        return "organisation"
    return ""
