"""Plain text: the whole file is the article."""

from __future__ import annotations

import re
from collections.abc import Iterator

from reuse.model import Article, Problem
from reuse.readers.opened import Opened

# A headline has no full stop and fits two lines of a page; the longest in print have about twenty
# words.
_LONGEST_TITLE, _TITLE_WORDS = 150, 20
_SENTENCE_END = re.compile(r"""[.,;:…。]["'”’»)\]]*$""")


def articles(opened: Opened) -> Iterator[Article | Problem]:
    """One article; its text is the file's, character for character, the title line included."""
    read = opened.text()
    if isinstance(read, Problem):
        yield read
        return
    values = {"text": read.text, "title": title(read.text)}
    yield from opened.records().article(values, notes=read.notes)


def title(text: str) -> str | None:
    """The first line, where it reads as a headline over the text and not as its first sentence."""
    head = text[: 40 * _LONGEST_TITLE].lstrip("\ufeff")
    first, _, rest = head.lstrip().partition("\n")
    first = first.strip()
    if not 0 < len(first) <= _LONGEST_TITLE or len(first.split()) > _TITLE_WORDS:
        return None
    if _SENTENCE_END.search(first) or not any(map(str.isalpha, first)):
        return None
    return first if len(rest.strip()) > len(first) else None
