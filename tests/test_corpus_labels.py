"""The labels of ``corpus/gold.json`` hold against the articles beside it, read here without our
readers: a wrong label must not pass because the program shares the mistake."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml

CORPUS = Path(__file__).parent.parent / "corpus"
GOLD: dict[str, list[dict[str, Any]]] = json.loads((CORPUS / "gold.json").read_text("utf-8"))


class Labelled(NamedTuple):
    """One article: its words with every run of white space made one space."""

    text: str
    published: str | None
    outlet: str | None


class Paragraphs(HTMLParser):
    """The headline and the paragraphs of a page's article, its date and its site."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.published: str | None = None
        self.outlet: str | None = None
        self.article = self.inside = self.ld = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        fields = dict(attrs)
        self.article = self.article or tag == "article"
        self.inside = self.article and tag in ("h1", "p")
        self.ld = tag == "script"
        if fields.get("property") == "article:published_time":
            self.published = fields["content"]
        if fields.get("property") == "og:site_name":
            self.outlet = fields["content"]

    def handle_endtag(self, tag: str) -> None:
        self.article = self.article and tag != "article"
        self.inside = self.ld = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.words.append(data)
        if self.ld:
            self.published = json.loads(data)["datePublished"]


def folded(text: str) -> str:
    return " ".join(text.split())


def read(path: Path) -> Iterator[tuple[str, Labelled]]:
    name = path.relative_to(CORPUS).as_posix()
    raw = path.read_text("utf-8")
    folder = path.parent.name if path.parent != CORPUS else None
    if path.suffix == ".txt":
        yield name, Labelled(folded(raw), None, folder)
    elif path.suffix == ".md":
        _, head, body = raw.split("---\n", 2)
        front = yaml.load(head, yaml.BaseLoader)
        date = front.get("date") or front.get("published")
        yield name, Labelled(folded(body), date, front["outlet"])
    elif path.suffix == ".html":
        page = Paragraphs()
        page.feed(raw)
        yield name, Labelled(folded("\n".join(page.words)), page.published, page.outlet)
    elif path.suffix == ".json":
        one = json.loads(raw)
        yield name, Labelled(folded(one["text"]), one["published"], one["outlet"])
    elif path.suffix == ".jsonl":
        for line in raw.splitlines():
            one = json.loads(line)
            key = f"{name}#{one['id']}"
            yield key, Labelled(folded(one["text"]), one["published"], one["outlet"])
    elif path.suffix == ".csv":
        for one in csv.DictReader(raw.splitlines(keepends=True)):
            key = f"{name}#{one['id']}"
            yield key, Labelled(folded(one["text"]), one["published"], folder)


ARTICLES = {
    key: article
    for path in sorted(CORPUS.rglob("*"))
    if path.is_file() and path.name not in ("gold.json", "README.md")
    for key, article in read(path)
}


def key(label: dict[str, Any]) -> str:
    return "#".join(filter(None, (label["file"], label.get("record"))))


def places(text: str, words: str) -> list[int]:
    """Where the words stand, not inside longer words."""
    before = r"(?<!\w)" if words[0].isalnum() else ""
    after = r"(?!\w)" if words[-1].isalnum() else ""
    return [m.start() for m in re.finditer(before + re.escape(words) + after, text)]


def stretches(section: str) -> Iterator[tuple[str, str, int | None]]:
    """Every stretch of words that a section of the labels names: article, words, occurrence."""
    for label in GOLD[section]:
        for one in label.get("appearances", label.get("variants", [label])):
            for part in one.get("parts", [one]):
                yield key(one), part["words"], part.get("occurrence")
            if one.get("mention"):
                yield key(one), one["mention"], one.get("mention_occurrence")


def span(article: str, words: str, occurrence: int | None) -> tuple[int, int]:
    found = places(ARTICLES[article].text, words)
    start = found[(occurrence or 1) - 1]
    return start, start + len(words)


@pytest.mark.parametrize("section", ["quotes", "passages", "furniture", "not_reuse", "families"])
def test_labelled_words_stand_in_their_article_where_the_label_says(section: str) -> None:
    wrong = []
    for article, words, occurrence in stretches(section):
        found = len(places(ARTICLES[article].text, words)) if article in ARTICLES else 0
        if found < (occurrence or 1) or (occurrence is None and found != 1):
            wrong.append((article, words, occurrence, found))
    assert not wrong


# An opening mark on the left; on the right a closing one, or the end of a paragraph whose quote
# goes on in the next (white space is folded here, so the next paragraph's mark follows).
OPENING = "“‘„»«\"'"
CLOSING = "”’“«»\"'"


def test_a_quote_is_one_stretch_between_marks() -> None:
    wrong = []
    for label in GOLD["quotes"]:
        if label["kind"] == "indirect":
            continue
        text = ARTICLES[key(label)].text
        start, end = span(key(label), label["words"], label.get("occurrence"))
        after = text[end : end + 2]
        closed = after[:1] in CLOSING or (after[:1] == " " and after[1:] in OPENING)
        if text[start - 1] not in OPENING or not after or not closed:
            wrong.append((key(label), label["words"]))
    assert not wrong


def test_nothing_between_double_marks_is_left_without_a_label() -> None:
    left: list[tuple[str, str]] = []
    labelled = defaultdict(list)
    for label in GOLD["quotes"]:
        if label["kind"] != "indirect":
            labelled[key(label)].append(span(key(label), label["words"], label.get("occurrence")))
    for article, (text, _, _) in ARTICLES.items():
        bare = list(text)
        for start, end in labelled[article]:
            edges = slice(max(start - 2, 0), end + 2)
            bare[edges] = "_" * len(bare[edges])
        left += [
            (article, text[m.start() :][:40]) for m in re.finditer("[“”„«»\"]|''", "".join(bare))
        ]
    assert not left


def test_speakers_and_kinds_agree() -> None:
    for label in GOLD["quotes"]:
        if label["kind"] == "term":
            assert label["speaker"] is None, label
            assert label["mention"] is None, label
        if label["kind"] == "nested":
            assert label["words"] in label["within"], label
        if label["speaker"] is not None:
            assert label["speaker_kind"] in ("person", "organisation", "document", "unnamed"), label


def period(published: str) -> tuple[datetime, datetime]:
    """From when to when an article may have come out, given a day or a minute."""
    if len(published) == 10:
        start = datetime.fromisoformat(published).replace(tzinfo=UTC)
        return start, start + timedelta(days=1)
    start = datetime.fromisoformat(published)
    return start, start + timedelta(minutes=1)


def earlier(a: str, b: str) -> bool:
    one, other = ARTICLES[a].published, ARTICLES[b].published
    return bool(one and other and period(one)[1] <= period(other)[0])


@pytest.mark.parametrize("family", GOLD["families"], ids=lambda family: family["id"])
def test_a_family_has_its_first_its_fullest_and_earlier_sources(family: dict[str, Any]) -> None:
    members = {key(variant) for variant in family["variants"]}
    assert len(members) >= 2
    assert family["fullest"] in members
    dated = {member for member in members if ARTICLES[member].published}
    first = [m for m in dated if all(o == m or earlier(m, o) for o in dated)]
    assert family["first"] == (first[0] if first else None)
    for variant in family["variants"]:
        for source in variant["source"]:
            assert source in members
            assert earlier(source, key(variant)), (source, key(variant))
        assert bool(variant["reason"]) == variant["touches_meaning"]
        assert not (variant["touches_meaning"] and variant["change"] == "same")


def test_a_dispute_is_what_its_kind_says() -> None:
    variants = defaultdict(list)
    for family in GOLD["families"]:
        for variant in family["variants"]:
            variants[family["id"], key(variant)].append(variant)
    quotes = {(key(q), q["words"]): q["speaker"] for q in GOLD["quotes"]}

    def speakers(family: str, article: str) -> set[str]:
        parts = [p for v in variants[family, article] for p in v["parts"]]
        return {s for p in parts if (s := quotes.get((article, p["words"])))}

    for dispute in GOLD["disputes"]:
        family, a, b = dispute["family"], dispute["a"], dispute["b"]
        assert variants[family, a], dispute
        assert variants[family, b], dispute
        if dispute["kind"] == "quote_or_prose":
            assert any(variant["quoted"] for variant in variants[family, a]), dispute
            assert any(not variant["quoted"] for variant in variants[family, b]), dispute
        elif dispute["kind"] == "speaker":
            assert speakers(family, b) - speakers(family, a), dispute
        else:
            assert all(v["quoted"] for v in variants[family, a] + variants[family, b]), dispute


def goes_on(quote: dict[str, Any]) -> bool:
    """Whether no mark closes the quote: the next paragraph opens it again."""
    _, end = span(key(quote), quote["words"], quote.get("occurrence"))
    return quote["kind"] == "direct" and ARTICLES[key(quote)].text[end : end + 1] == " "


COMMON = ("article", "caption", "prose", "promotion")
VARIANTS = [variant for family in GOLD["families"] for variant in family["variants"]]


@pytest.mark.parametrize(
    ("what", "counted"),
    [
        ("change", Counter(v["change"] for v in VARIANTS)),
        ("reason", Counter(v["reason"] for v in VARIANTS if v["reason"])),
        ("dispute", Counter(d["kind"] for d in GOLD["disputes"])),
        ("quote", Counter(q["kind"] for q in GOLD["quotes"])),
        ("speaker", Counter(q["speaker_kind"] for q in GOLD["quotes"] if q["speaker"])),
        ("style", Counter("style" for v in VARIANTS if v.get("style"))),
        ("prose", Counter(str(v["quoted"]) for v in VARIANTS)),
        ("credit", Counter("credit" for v in VARIANTS if v["credited"])),
        ("not reuse", Counter("phrase" for _ in GOLD["not_reuse"])),
        ("passage", Counter(p["kind"] for p in GOLD["passages"] if p["kind"] in COMMON)),
        ("versions", Counter("five" for f in GOLD["families"] if len(f["variants"]) >= 5)),
        ("translated", Counter("family" for f in GOLD["families"] if f.get("translation_of"))),
        ("over paragraphs", Counter("quote" for q in GOLD["quotes"] if goes_on(q))),
        ("no first", Counter("none" for f in GOLD["families"] if f["first"] is None)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_everything_occurs_at_least_five_times(what: str, counted: Counter[str]) -> None:
    assert counted, what
    assert not {k: n for k, n in counted.items() if n < 5}


def test_the_corpus_is_what_was_promised() -> None:
    assert len(ARTICLES) >= 64
    assert len({article.outlet for article in ARTICLES.values() if article.outlet}) >= 8
    assert len({Path(k.partition("#")[0]).suffix for k in ARTICLES}) == 6
    assert [k for k, article in ARTICLES.items() if article.outlet is None] == ["untitled.txt"]
    assert sum(article.published is None for article in ARTICLES.values()) >= 5


def test_what_two_outlets_share_word_for_word_has_a_label() -> None:
    """Of every eight words in a row that two outlets carry, at most three have no label."""
    n = 8
    covered: dict[str, set[int]] = defaultdict(set)
    for section in ("passages", "furniture", "not_reuse", "families"):
        for article, words, occurrence in stretches(section):
            covered[article].update(range(*span(article, words, occurrence)))
    grams: dict[tuple[str, ...], list[tuple[str, int]]] = defaultdict(list)
    runs = {k: list(re.finditer(r"\w+", a.text.lower())) for k, a in ARTICLES.items()}
    for article, found in runs.items():
        for i in range(len(found) - n + 1):
            grams[tuple(w.group() for w in found[i : i + n])].append((article, i))
    bare = []
    for gram, at in grams.items():
        if len({ARTICLES[article].outlet for article, _ in at}) > 1:
            for article, i in at:
                starts = [w.start() for w in runs[article][i : i + n]]
                if sum(start not in covered[article] for start in starts) > 3:
                    bare.append((article, " ".join(gram)))
    assert not bare
