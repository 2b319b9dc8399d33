"""What the stages find in one article -> rows of the database, and bytes for a later scan."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache

import msgspec

from reuse.model import Outlet, Person, Quote, QuoteRow, content_id


def outlet_key(name: str) -> str:
    """The id of an outlet: its name in small letters, words joined by hyphens."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold())
    return "-".join(words) or content_id("outlet", name)


_ENCODER = msgspec.msgpack.Encoder()
_QUOTES = msgspec.msgpack.Decoder(tuple[Quote, ...])
_PEOPLE = msgspec.msgpack.Decoder(tuple[Person, ...])


def packed(records: Sequence[Quote] | Sequence[Person]) -> bytes:
    """Records of one article as bytes, for the next scan: MessagePack. (Deflated they would take
    half the room, and a twentieth of the time that reading takes.)"""
    return _ENCODER.encode(records)


# Fewer words between marks than this may be a term.
_FEW = 4


def quotes_of(value: bytes) -> tuple[Quote, ...]:
    """The quotes that `packed` made `value` of."""
    return _QUOTES.decode(value)


def people_of(value: bytes) -> tuple[Person, ...]:
    """The people that `packed` made `value` of."""
    return _PEOPLE.decode(value)


def quote_rows(
    article_id: str,
    quotes: Sequence[Quote],
    speakers: Sequence[str],
    min_confidence: float,
) -> list[QuoteRow]:
    """The rows of one article's quotes; below `min_confidence` a speaker is left empty, of a few
    words a fifth above it already.

    `speakers` are the ids of the article's people, in their order.
    """
    ids = [content_id(article_id, q.start, q.end, q.kind) for q in quotes]
    utterances: dict[int, str] = {}
    for q, key in zip(quotes, ids, strict=True):
        utterances.setdefault(q.utterance, key)
    return [
        QuoteRow(
            key,
            article_id,
            q.start,
            q.end,
            q.text,
            q.kind,
            q.cue,
            q.mention,
            q.mention_start,
            q.mention_end,
            speakers[q.person]
            if q.person is not None and q.confidence >= _least(q, min_confidence)
            else None,
            q.confidence,
            q.evidence,
            utterances[q.utterance],
            None if q.within is None else ids[q.within],
        )
        for q, key in zip(quotes, ids, strict=True)
    ]


def _least(quote: Quote, min_confidence: float) -> float:
    """How sure the speaker of a quote must be.

    Few words in marks may be a term, which nobody speaks: of 70 labelled stretches of one to three
    words at .50 to .60, 37 have that speaker; of 73 longer ones 45 (PolNeAR 1.0).
    """
    few = quote.kind != "indirect" and len(quote.text.split()) < _FEW
    return min(1.0, 1.2 * min_confidence) if few else min_confidence


@cache
def outlet_of(name: str | None, kind: str | None) -> Outlet | None:
    """The outlet that an article names, if it names one."""
    return None if name is None else Outlet(outlet_key(name), name, kind)
