"""Other people's tools on one file of articles: articles.jsonl -> what each found.

    python benchmarks/detectors.py difflib articles.jsonl --out found.jsonl

Each is called as its documentation says, with the settings that were best on a generated corpus of
another seed (`python benchmarks/peers.py --articles 100 --seed 2`). A tool that compares two texts
is given every pair of articles of different outlets, since that is what its user would do.
"""

from __future__ import annotations

import io
import json
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks import plain
from benchmarks.score import Claimed, Found, Span


class Text(NamedTuple):
    """An article as a detector sees it."""

    id: str
    outlet: str
    text: str


Detector = Callable[[list[Text]], Iterable[Found | Claimed]]
_WORD = re.compile(r"\w+")


def pairs(articles: list[Text]) -> Iterator[tuple[int, int]]:
    """Every two articles of different outlets."""
    for i, j in combinations(range(len(articles)), 2):
        if articles[i].outlet != articles[j].outlet:
            yield i, j


# --- reuse ----------------------------------------------------------------------------------------


def datasketch_windows(articles: list[Text]) -> Iterator[Found]:
    """Windows of 12 words, MinHash of 128 permutations, MinHashLSH at 0.6 (benchmarks/plain.py)."""
    yield from plain.matches(articles)


def rensa_windows(articles: list[Text]) -> Iterator[Found]:
    """The same windows with rensa: RMinHash of 128 permutations, RMinHashLSH of 32 bands, Jaccard
    at least 0.6."""
    from rensa import RMinHash, RMinHashLSH

    index = RMinHashLSH(plain.THRESHOLD, plain.PERMUTATIONS, 32)
    signatures: list[object] = []
    owners: list[tuple[int, int]] = []
    spans: list[list[Span]] = []
    alike: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
    for number, article in enumerate(articles):
        sets, where = plain.windows(article.text)
        spans.append(where)
        made = []
        for words in sets:
            signature = RMinHash(plain.PERMUTATIONS, 1)
            signature.update(words)
            made.append(signature)
        for window, signature in enumerate(made):
            for key in index.query(signature):
                other, theirs = owners[key]
                if (
                    articles[other].outlet != article.outlet
                    and signature.jaccard(signatures[key]) >= plain.THRESHOLD
                ):
                    alike[other, number].append((theirs, window))
        for window, signature in enumerate(made):
            index.insert(len(owners), signature)
            owners.append((number, window))
            signatures.append(signature)
    for (a, b), found in alike.items():
        for x, y in plain.merged(found):
            yield Found(
                articles[a].id, (spans[a][x[0]][0], spans[a][x[1]][1]),
                articles[b].id, (spans[b][y[0]][0], spans[b][y[1]][1]),
            )  # fmt: skip


def text_matcher(articles: list[Text]) -> Iterator[Found]:
    """text-matcher's `Matcher` with its defaults (threshold 3, cutoff 5, trigrams), on every pair;
    stop words stay, since their list is a download."""
    from text_matcher.matcher import Matcher
    from text_matcher.matcher import Text as Matched

    texts = [Matched(article.text, article.id, removeStopwords=False) for article in articles]
    for i, j in pairs(articles):
        with redirect_stdout(io.StringIO()):
            matcher = Matcher(texts[i], texts[j], removeStopwords=False)
            matcher.match()
        for a, b in zip(matcher.locationsA, matcher.locationsB, strict=True):
            yield Found(articles[i].id, a, articles[j].id, b)


# Characters of a run that copydetect reports: five or six words.
_RUN = 30


def copydetect(articles: list[Text]) -> Iterator[Found]:
    """copydetect's fingerprints of 30 characters, all kept (noise and guarantee threshold alike),
    the text as it is (no filter for code), on every pair."""
    from copydetect import CodeFingerprint, compare_files

    prints = [
        CodeFingerprint(article.id, _RUN, 1, filter=False, fp=io.StringIO(article.text))
        for article in articles
    ]
    for i, j in pairs(articles):
        overlap, _, (ours, theirs) = compare_files(prints[i], prints[j])
        if not overlap:
            continue
        # It says where each side is copied, not which piece belongs to which.
        left = [(int(s), int(e)) for s, e in zip(*ours, strict=True)]
        right = [(int(s), int(e)) for s, e in zip(*theirs, strict=True)]
        for a in left:
            runs = _runs(articles[i].text, a)
            for b in right:
                if runs & _runs(articles[j].text, b):
                    yield Found(articles[i].id, a, articles[j].id, b)


def _runs(text: str, span: Span) -> set[str]:
    return {text[n : n + _RUN] for n in range(span[0], max(span[0] + 1, span[1] - _RUN + 1))}


# Words of a block that difflib's user would take for reuse; words between two of one passage.
_BLOCK, _GAP = 6, 8


def difflib(articles: list[Text]) -> Iterator[Found]:
    """difflib's matching blocks over words (`autojunk=False`) of 6 words or more, those within 8
    words of each other joined, on every pair."""
    tokens = [list(_WORD.finditer(article.text)) for article in articles]
    words = [[token[0].lower() for token in one] for one in tokens]
    for i, j in pairs(articles):
        joined: list[list[int]] = []
        for a, b, size in SequenceMatcher(None, words[i], words[j], False).get_matching_blocks():
            if size < _BLOCK:
                continue
            last = joined[-1] if joined else None
            if last and a - last[1] <= _GAP and b - last[3] <= _GAP:
                last[1], last[3] = a + size, b + size
            else:
                joined.append([a, a + size, b, b + size])
        for a0, a1, b0, b1 in joined:
            yield Found(
                articles[i].id, (tokens[i][a0].start(), tokens[i][a1 - 1].end()),
                articles[j].id, (tokens[j][b0].start(), tokens[j][b1 - 1].end()),
            )  # fmt: skip


# --- quotes ---------------------------------------------------------------------------------------

_PART = r"[A-Z][\w’'-]+"
_NAME = rf"((?:(?:Mr|Mrs|Ms|Dr|Sen|Gov|Rep|[A-Z])\. )*{_PART}(?: (?:{_PART}|[A-Z]\.|de|van|von))*)"
_SAYS = r"(?:said|says|told|added|asked|argued|warned|wrote|explained|insisted|replied|stated)"
_QUOTED = re.compile(r"[“\"](?P<words>[^“”\"\n]{3,}?)[”\"]")
_AFTER = re.compile(rf"[\s,]*(?:{_SAYS} {_NAME}|{_NAME} {_SAYS})")
_BEFORE = re.compile(rf"{_NAME} {_SAYS}[^.“”\"]{{0,40}}$")


def regular_expression(articles: list[Text]) -> Iterator[Claimed]:
    """What stands between double marks, and a capitalised name beside a verb of saying."""
    for article in articles:
        for quoted in _QUOTED.finditer(article.text):
            before = article.text[max(0, quoted.start() - 120) : quoted.start()]
            said = _AFTER.match(article.text, quoted.end()) or _BEFORE.search(before)
            name = next(filter(None, said.groups()), None) if said else None
            yield Claimed(article.id, quoted.start("words"), quoted.end("words"), None, name)


def textacy(articles: list[Text]) -> Iterator[Claimed]:
    """textacy's `direct_quotations` on the English spaCy model that is installed."""
    import spacy
    from textacy.extract import direct_quotations

    model = spacy.load(next(n for n in spacy.util.get_installed_models() if n.startswith("en")))
    for article in articles:
        # It knows straight marks alone.
        text = article.text.translate(str.maketrans("“”‘’", "\"\"''"))
        for found in direct_quotations(model(text)):
            start = found.content.start_char
            name = " ".join(token.text for token in found.speaker)
            yield Claimed(article.id, start, found.content.end_char, None, name or None)


REUSE: dict[str, Detector] = {
    "datasketch": datasketch_windows,
    "rensa": rensa_windows,
    "copydetect": copydetect,
    "text-matcher": text_matcher,
    "difflib": difflib,
}
QUOTES: dict[str, Detector] = {"regex": regular_expression, "textacy": textacy}


def main() -> None:
    name, source, out = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[4])
    with source.open(encoding="utf-8") as rows:
        read = [json.loads(row) for row in rows]
    articles = [Text(row["id"], row["outlet"], row["text"]) for row in read]
    detector = (REUSE | QUOTES)[name]
    with out.open("w", encoding="utf-8") as found:
        for one in detector(articles):
            found.write(json.dumps(one) + "\n")


if __name__ == "__main__":
    main()
