"""What the stages find in one article -> rows of the database, and bytes for a later scan."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable

import msgspec

from reuse.model import Article, Outlet, QuoteRow, Reading, content_id


def outlet_key(name: str) -> str:
    """The id of an outlet: its name in small letters, words joined by hyphens."""
    words = re.findall(r"\w+", unicodedata.normalize("NFKC", name).casefold())
    return "-".join(words) or content_id("outlet", name)


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Reading)


def packed(reading: Reading) -> bytes:
    """A reading as bytes, for the next scan: MessagePack, deflated to half the article's size."""
    return zlib.compress(_ENCODER.encode(reading), 1)


def unpacked(value: bytes) -> Reading:
    """The reading that `packed` made `value` of."""
    return _DECODER.decode(zlib.decompress(value))


def quote_rows(
    article_id: str,
    reading: Reading,
    speaker_id: Callable[[int], str | None],
    min_confidence: float,
) -> list[QuoteRow]:
    """The rows of one article's quotes; below `min_confidence` a speaker is left empty.

    `speaker_id` is of a person of the article, by index.
    """
    ids = [content_id(article_id, q.start, q.end, q.kind) for q in reading.quotes]
    utterances: dict[int, str] = {}
    for q, key in zip(reading.quotes, ids, strict=True):
        utterances.setdefault(q.utterance, key)
    return [
        QuoteRow(
            id=key,
            article_id=article_id,
            start=q.start,
            end=q.end,
            text=q.text,
            kind=q.kind,
            cue=q.cue,
            mention=q.mention,
            mention_start=q.mention_start,
            mention_end=q.mention_end,
            speaker_id=(
                speaker_id(q.person)
                if q.person is not None and q.confidence >= min_confidence
                else None
            ),
            confidence=q.confidence,
            evidence=q.evidence,
            utterance_id=utterances[q.utterance],
            within_id=None if q.within is None else ids[q.within],
        )
        for q, key in zip(reading.quotes, ids, strict=True)
    ]


def outlet_of(article: Article) -> Outlet | None:
    """The outlet that an article names, if it names one."""
    if article.outlet is None:
        return None
    return Outlet(outlet_key(article.outlet), article.outlet, article.outlet_kind)
