"""The fields of one record (a JSON object, a CSV row, front matter) -> an article."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from reuse.dates import published
from reuse.language import language
from reuse.model import Article, Item, Piece, Problem, Same, content_id
from reuse.readers import again
from reuse.readers.again import Line, Memo, Recall
from reuse.readers.encoding import storable

# What feeds, archives and crawlers call our fields; the first that has a value counts.
SYNONYMS = {
    "id": "id article_id doc_id document_id uid uuid guid",
    "outlet": "outlet publisher source_name site site_name sitename publication newspaper "
    "news_outlet media outlet_name source source_domain",
    "published": "published date published_at publishedat pubdate pub_date date_published "
    "datepublished publish_date published_date publication_date date_publish published_on "
    "published_time datetime",
    "title": "title headline",
    "url": "url link canonical_url permalink web_url weburl",
    "byline": "byline author authors creator writer",
    "language": "language lang inlanguage",
    "text": "text body content article maintext main_text articlebody article_body full_text "
    "fulltext article_text content_text",
    "outlet_kind": "outlet_kind",
}
_RANKED = {
    synonym: (name, rank)
    for name, synonyms in SYNONYMS.items()
    for rank, synonym in enumerate(synonyms.split())
}
_FOLD = re.compile(r"[\s\-.]+")
_KINDS = ("press", "agency", "origin")
_LANGUAGE = re.compile(r"([a-zA-Z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*$")
_WORD = re.compile(r"[^\W_]")


def fields(record: Mapping[str, object]) -> dict[str, object]:
    """The values of `record` under our names; empty ones left out."""
    found: dict[str, tuple[int, object]] = {}
    for key, value in record.items():
        if value is None or value == "":
            continue
        ranked = _RANKED.get(key) or _RANKED.get(_folded(key))
        if ranked is None:
            continue
        name, rank = ranked
        if name not in found or rank < found[name][0]:
            found[name] = (rank, value)
    return {name: value for name, (_, value) in found.items()}


def names(key: str) -> str | None:
    """Our name for the field `key`; none when it is nothing we read."""
    ranked = _RANKED.get(_folded(key))
    return ranked[0] if ranked else None


def _folded(key: str) -> str:
    return _FOLD.sub("_", key.strip()).casefold()


@dataclass(slots=True)
class Records:
    """The articles of one file: gives each record its source, and no two the same."""

    source: str
    outlet: str | None
    max_article: int
    _seen: dict[int, str] = field(default_factory=dict)

    def article(
        self,
        values: Mapping[str, object],
        *,
        number: int | None = None,
        place: str = "",
        notes: Iterable[str] = (),
    ) -> Iterator[Article | Problem]:
        """The article of `values` (under our names), after what there is to say about it.

        `number` is the record's in its file; without it the file is the article.
        """
        said = [*notes]
        text = values.get("text")
        if not isinstance(text, str):
            reason = "no text" if text is None else f"its text is {_kind(text)}"
            yield self._skipped(place, reason)
            return
        if len(text) > self.max_article:
            yield self._skipped(
                place, f"{len(text):,} characters are over the limit of {self.max_article:,}"
            )
            return
        if not _WORD.search(text):
            yield self._skipped(place, "no words in it" if text else "empty")
            return
        stored, damage = storable(text)
        said += damage
        line = _Lines(said)
        identity = line.of("id", values.get("id"))
        content = (
            stored,
            line.of("outlet", values.get("outlet")) or self.outlet,
            line.of("title", values.get("title")),
            line.of("byline", values.get("byline")),
            line.of("url", values.get("url")),
            line.date(values.get("published")),
            line.language(values.get("language")) or language(stored),
            line.outlet_kind(values.get("outlet_kind")),
        )
        source, repeated = self._source(identity, number, content_id(*content))
        if repeated:
            said.append(repeated)
        for reason in said:
            yield Problem(self.source, place, reason, "noted")
        if source is not None:
            yield Article(source, *content)

    def piece(
        self,
        lines: Sequence[Line | Problem],
        recall: Recall,
        read: Callable[[Line | Problem], Iterator[Article | Problem]],
    ) -> Iterator[Item]:
        """What some lines of the file hold, a record each: as an earlier scan noted it, else as
        `read` reads them, and what to note of them."""
        of = [line for line in lines if not isinstance(line, Problem)]
        key, first = "", of[0][0] if of else 0
        if of and len(of) == len(lines):
            key = self.key("".join([text for _, text in of]).encode())
            if (met := self.known(key, recall, first)) is not None:
                yield from met
                return
        found: list[tuple[int, Article | Problem]] = []
        for line in lines:
            number = first if isinstance(line, Problem) else line[0]
            found += ((number, item) for item in read(line))
        yield from (item for _, item in found)
        if key:
            yield from self.noted(key, found, first)

    def key(self, content: bytes, *context: object) -> str:
        """The key of a piece of the file: its bytes, and what else its articles depend on."""
        return again.key((self.source, self.outlet, self.max_article, *context), content)

    def known(self, key: str, recall: Recall, first: int) -> list[Same] | None:
        """The articles of a piece whose first record has this number, as an earlier scan noted
        them; none where they have other sources here, or may have."""
        if key not in (told := recall([key])):
            return None
        memos = again.memos(told[key])
        names = [memo.name or str(first + memo.line) for memo in memos]
        if len({*map(hash, names)} - self._seen.keys()) < len(names):
            return None
        for name, memo in zip(names, memos, strict=True):
            if memo.same.source != f"{self.source}#{name}":
                return None
        self._seen.update((hash(n), memo.content) for n, memo in zip(names, memos, strict=True))
        return [memo.same for memo in memos]

    def noted(
        self, key: str, found: Iterable[tuple[int, Article | Problem]], first: int
    ) -> Iterator[Piece]:
        """What to note of a piece: its articles, each with the number of its record; nothing where
        something was to be said."""
        memos: list[Memo] = []
        for number, item in found:
            if isinstance(item, Problem):
                return
            name = item.source.removeprefix(f"{self.source}#")
            own = None if name == str(number) else name
            memos.append(Memo(number - first, own, self._seen[hash(name)], again.same(item)))
        yield Piece(key, again.packed(memos))

    def _skipped(self, place: str, reason: str) -> Problem:
        return Problem(self.source, place, reason)

    def _source(
        self, identity: str | None, number: int | None, content: str
    ) -> tuple[str | None, str | None]:
        """The source of the record, and what to say where its id was used before.

        None for a record that is the same in everything as one before it.
        """
        if number is None:
            return self.source, None
        name = identity or str(number)
        new, times_used = name, 1
        while (key := hash(new)) in self._seen:
            if self._seen[key] == content:
                return None, f"the record {name!r} is there more than once: kept once"
            times_used += 1
            new = f"{name}~{times_used}"
        self._seen[key] = content
        if new == name:
            return f"{self.source}#{name}", None
        return f"{self.source}#{new}", f"the id {name!r} is used before: this one is {new!r}"


@dataclass(frozen=True, slots=True)
class _Lines:
    """Values of unknown type as one line of text each; what cannot be one is said and left out."""

    said: list[str]

    def of(self, name: str, value: object) -> str | None:
        if value is None:
            return None
        if (line := one_line(value)) is None:
            self.said.append(f"its {name} is {_kind(value)}: left out")
        return line or None

    def date(self, value: object) -> str | None:
        if value is None or isinstance(value, bool) or not isinstance(value, str | int | float):
            if value is not None:
                self.said.append(f"its date is {_kind(value)}: left unknown")
            return None
        if isinstance(value, str) and not value.strip():
            return None
        known = published(value)
        if known.reason:
            self.said.append(known.reason + ("" if known.date else ": left unknown"))
        return known.date

    def language(self, value: object) -> str | None:
        code = self.of("language", value)
        if code is None:
            return None
        if found := _LANGUAGE.match(code):
            return found[1].lower()
        self.said.append(f"{code[:40]!r} is no code of a language: told from the text")
        return None

    def outlet_kind(self, value: object) -> str | None:
        kind = self.of("outlet_kind", value)
        if kind is None or kind.casefold() in _KINDS:
            return kind and kind.casefold()
        self.said.append(f"{kind[:40]!r} is no kind of outlet ({', '.join(_KINDS)}): left out")
        return None


def one_line(value: object) -> str | None:
    """A text, a number, something with a name, or a list of these, on one line; none else."""
    if isinstance(value, str):
        return " ".join(storable(value)[0].split())
    if isinstance(value, Mapping):
        name = value.get("name") or value.get("title") or value.get("id")
        return one_line(name) if isinstance(name, str) else None
    if isinstance(value, list | tuple):
        parts = [one_line(part) for part in value if not isinstance(part, list | tuple)]
        if len(parts) != len(value) or None in parts:
            return None
        return ", ".join(part for part in parts if part)
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        # An integer of 5,000 digits raises in str(); no id has more than twenty.
        return str(value) if abs(value) < 1e20 else None
    return None


def _kind(value: object) -> str:
    """What `value` is, in the words of the format rather than of Python."""
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, Mapping):
        return "an object"
    return "a list" if isinstance(value, list | tuple) else "not text"
