"""Words -> the stretches between quotation marks, by paragraph, and what stands in what."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from reuse.languages import TOUCH
from reuse.prose import ENDERS, Prose

# What a mark may do by itself; where it stands decides the rest. In German “ closes and » opens.
_DOUBLE: Final = {
    '"': "either", "''": "either", "＂": "either",
    "“": "open", "``": "open", "„": "open", "‟": "open", "「": "open", "『": "open",
    "”": "close", "」": "close", "』": "close",
    "«": "open", "»": "close",
}  # fmt: skip
_SINGLE: Final = {"'": "either", "‘": "open", "’": "close", "‚": "open", "‹": "open", "›": "close"}
_LOW: Final = frozenset(("„", "‚"))  # with these about, “ and ‘ close
_ANGLED: Final = frozenset(("«", "»", "‹", "›"))  # «…» here, »…« there: the spaces around them tell
MARKS: Final = frozenset(_DOUBLE) | frozenset(_SINGLE)
_MARK: Final = re.compile("[“”„]")  # among the shapes of tokens

# Words that begin with an apostrophe.
_ELIDED: Final = frozenset(
    (
        "em",
        "til",
        "till",
        "tis",
        "twas",
        "cause",
        "bout",
        "round",
        "n",
        "nuff",
        "neath",
        "sup",
        "cuz",
        "im",
        "nother",
        "s",
        "t",
        "d",
        "ll",
        "re",
        "ve",
        "m",
    )
)
_BEFORE_OPEN: Final = frozenset(("(", "[", "-", "--", "–", "—", "/", "…", "..."))
_AFTER_CLOSE: Final = frozenset((")", "]", "-", "--", "–", "—", "/", ",", ";", ":", *ENDERS))
# A quote in a quote in a quote is speech; more is a broken text, and its rows would grow with the
# square of its length.
_DEEPEST: Final = 3


class Span(NamedTuple):
    """A stretch between marks: tokens ``first`` to ``last`` (half-open, without the marks).

    ``left`` and ``right`` are the tokens with the marks; ``parent`` is the index of the span this
    one stands in. ``open_end``: no mark closes it, it runs to the end of its paragraph. ``single``:
    between single marks. ``follows``: it goes on from the span before it, over a paragraph break.
    ``label``: tokens between the mark and the words that name who speaks, as in a transcript.
    """

    first: int
    last: int
    left: int
    right: int
    paragraph: int
    parent: int | None = None
    open_end: bool = False
    single: bool = False
    follows: bool = False
    label: tuple[int, int] | None = None


def spans(prose: Prose) -> list[Span]:
    """All stretches between marks, in order, an outer one before those inside it.

    A mark without a partner costs the quote that it belongs to, at most: no state but "the quote
    before was left open" crosses a paragraph break.
    """
    words = prose.words
    marks = [found.start() for found in _MARK.finditer(prose.shapes)]
    if not marks:
        return []
    low = any(words[i] in _LOW for i in marks)
    at = 0
    found: list[Span] = []
    left_open = False
    for number, (first, last) in enumerate(prose.paragraphs):
        begin = at
        while at < len(marks) and marks[at] < last:
            at += 1
        if begin == at:
            left_open = False
            continue
        after = words[last] if last < len(words) else ""
        here, still_open = _paragraph(
            prose, number, (first, last), marks[begin:at], low, left_open, after in _DOUBLE
        )
        base = len(found)
        for span in here:
            parent = None if span.parent is None else span.parent + base
            named = label(prose, span.first, span.last)
            begin = span.first if named is None else named[1] + 1
            found.append(span._replace(first=begin, parent=parent, label=named))
        left_open = still_open
    return found


def label(prose: Prose, first: int, last: int) -> tuple[int, int] | None:
    """The tokens of "WALLACE:" at the head of a stretch: one to four capital words and a colon."""
    words = prose.words
    if not words[first].isupper() or len(words[first]) < 2:
        return None
    for k in range(first + 1, min(first + 5, last - 1)):
        if words[k] == ":":
            return first, k
        if not words[k][0].isupper() and words[k] != ".":
            return None
    return None


def _role(prose: Prose, i: int, first: int, last: int, low: bool) -> str:
    """What the mark at token `i` does: "open", "close", "either", "inch", "tag" (an attribute's,
    with the next one), or "" when it is no mark."""
    words, gaps = prose.words, prose.gaps
    word = words[i]
    space_before = i == first or gaps[i - 1] != TOUCH
    space_after = i + 1 == last or gaps[i] != TOUCH
    before = "" if i == first else words[i - 1]
    after = "" if i + 1 == last else words[i + 1]
    free_left = space_before or before in _BEFORE_OPEN or before in MARKS
    free_right = space_after or after in _AFTER_CLOSE or after in MARKS
    if word in _SINGLE:
        own = _SINGLE[word]
        if low and word == "‘":
            own = "close"
        if word in _ANGLED and free_left != free_right:
            own = "open" if free_left else "close"
        if free_left and not space_after and after not in _AFTER_CLOSE:
            if own == "close" and word != "’":
                return ""
            # '90s, 'em: no mark, nor is a lone ’ before a word, which is an apostrophe.
            if word == "’" or after[:1].isdigit() or after.lower() in _ELIDED:
                return ""
            return "open"
        if not space_before and free_right:
            if own == "open" or (before[-1:].isdigit() and word == "'"):
                return ""  # 6'
            return "close"
        return ""
    if before == "=" and not space_before:
        return "tag"  # an attribute of a tag left in the text
    own = _DOUBLE[word]
    if low and word == "“":
        own = "close"
    if word in _ANGLED and free_left != free_right:
        return "open" if free_left else "close"
    if own == "close" and space_before and not space_after:
        return "either"
    if own == "open" and space_after and not space_before:
        return "either"
    if own != "either":
        return own
    if free_left and not free_right:
        return "open"
    if free_right and not free_left:
        return "inch" if before[-1:].isdigit() else "close"
    if space_before and not space_after:
        return "open"
    if space_after and not space_before:
        return "close"
    return "either"


def _paragraph(
    prose: Prose,
    number: int,
    bounds: tuple[int, int],
    marks: list[int],
    low: bool,
    left_open: bool,
    next_opens: bool,
) -> tuple[list[Span], bool]:
    first, last = bounds
    done: list[tuple[int, int, bool, bool]] = []  # left, right (the marks), single, open end
    stack: list[tuple[int, bool]] = []
    follows = left_open
    single_at: int | None = None
    weak_close: int | None = None
    in_tag = False
    for i in marks:
        role = _role(prose, i, first, last, low)
        if not role:
            continue
        if prose.words[i] in _SINGLE:
            if role == "open":
                if single_at is not None and weak_close is not None:
                    done.append((single_at, weak_close, True, False))
                single_at, weak_close = i, None
            elif single_at is not None:
                if _possessive(prose, i, last):
                    weak_close = weak_close or i
                else:
                    done.append((single_at, i, True, False))
                    single_at = weak_close = None
            continue
        if role == "tag" or in_tag:
            in_tag = not in_tag
            continue
        if role == "inch":
            role = "close" if stack else ""
        elif role == "either":
            role = "close" if stack else "open"
        if role == "open":
            if single_at is not None and weak_close is not None:
                done.append((single_at, weak_close, True, False))
                single_at = weak_close = None
            stack.append((i, False))
        elif role == "close":
            if stack:
                left, _ = stack.pop()
                if single_at is not None and single_at > left:
                    if weak_close is not None:
                        done.append((single_at, weak_close, True, False))
                    single_at = weak_close = None
                done.append((left, i, False, False))
            elif left_open and not done:
                # The paragraph goes on a quote without opening it again.
                done.append((first - 1, i, False, False))
                left_open = False
    if single_at is not None and weak_close is not None:
        done.append((single_at, weak_close, True, False))
    still_open = False
    if stack:
        left, _ = stack[0]
        within = [d for d in done if d[0] > left and not d[2]]
        words = prose.words
        if within and left == first and _ends_both(words, within[-1], last, follows):
            # Inner and outer end together, and one mark closes both.
            done.append((left, within[-1][1], False, False))
        elif len(stack) == 1 and (not within or next_opens):
            done.append((left, last, False, True))
            still_open = True
        else:
            # Some mark before was never closed: what it would swallow stands for itself.
            left, _ = stack[-1]
            if not any(d[0] > left and not d[2] for d in done):
                done.append((left, last, False, True))
                still_open = True
    return _nest(prose, number, done, follows, first), still_open


def _ends_both(
    words: list[str], inner: tuple[int, int, bool, bool], last: int, follows: bool
) -> bool:
    """Whether the mark that closes `inner` closes the one around it too: `“He said "no," Ray said.`

    It does when the inner quote began amid words, ended with a stop, and prose goes on behind.
    """
    left, right, _, _ = inner
    amid = words[left - 1][:1].isalnum() or (follows and words[left - 1] in (",", ":"))
    return amid and right + 1 < last and (words[right - 1] == "," or words[right - 1] in ENDERS)


def _possessive(prose: Prose, i: int, last: int) -> bool:
    """Whether the closing single mark at `i` may be the apostrophe of "the Democrats' plan"."""
    words = prose.words
    if words[i - 1][-1:] not in "sS" or i + 1 >= last:
        return False
    after = words[i + 1]
    return after[:1].isalpha() and prose.gaps[i] != TOUCH


def _nest(
    prose: Prose, number: int, done: list[tuple[int, int, bool, bool]], follows: bool, first: int
) -> list[Span]:
    out: list[Span] = []
    around: list[tuple[int, int]] = []  # right end, index
    for left, right, single, open_end in sorted(done, key=lambda d: (d[0], -d[1])):
        if right - left < 2:
            continue
        while around and around[-1][0] <= left:
            around.pop()
        if around and right > around[-1][0]:
            continue  # crosses the quote it begins in
        if len(around) == _DEEPEST:
            continue
        parent = around[-1][1] if around else None
        goes_on = follows and not out and left <= first
        index = len(out)
        stop = right if open_end else right + 1
        begin = max(left, first)
        out.append(Span(left + 1, right, begin, stop, number, parent, open_end, single, goes_on))
        around.append((right, index))
    return out
