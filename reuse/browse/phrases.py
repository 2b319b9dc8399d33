"""Values of the database -> words that a reader of a newspaper understands."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
ISO = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)"
    r"(?:[T ](?P<hour>\d\d):(?P<minute>\d\d)(?::\d\d(?:\.\d+)?)?(?P<zone>Z|[+-]\d\d:?\d\d)?)?)?)?$"
)
# Characters that turn the text around them about, or that no reader sees: one for one into the
# replacement sign, so that offsets stay.
INVISIBLE = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)

KINDS = {
    "article": "a whole article carried",
    "quotation": "a quotation",
    "prose": "the reporter’s own prose",
    "quote_and_prose": "a quotation with the prose around it",
    "caption": "a photo caption",
    "promotion": "a promotional headline",
}
CHANGES = {
    "same": "the same words",
    "shortened": "shortened",
    "spliced": "spliced from two places",
    "bracketed": "words put in brackets",
    "altered": "words altered",
    "paraphrased": "retold in other words",
    "extended": "longer than its source",
}
DISPUTES = {
    "speaker": "Two speakers for the same words",
    "quote_or_prose": "A quotation in one outlet, own prose in another",
    "marks": "Outlets differ in what stands between the marks",
}
EDITS = {
    "case_punctuation": "case or punctuation",
    "style": "house style",
    "wording": "wording",
    "number": "a number",
    "date": "a date",
    "name": "a name",
    "negation": "a negation",
    "modal": "a modal verb",
    "quantifier": "a quantity word",
    "cut_qualifier": "a qualification cut",
    "bracket": "put in brackets",
    "ellipsis": "marked as left out",
    "cut": "cut without a mark",
    "extended": "added",
}
QUOTE_KINDS = {
    "direct": "quoted",
    "mixed": "quoted in part",
    "nested": "a quote inside a quote",
    "indirect": "reported, not quoted",
    "term": "a term, spoken by nobody",
}


def clean(text: str) -> str:
    """The text without characters that deceive the eye, as long as before."""
    return INVISIBLE.sub("\ufffd", text)


def number(n: float | None) -> str:
    return "–" if n is None else f"{n:,.0f}"


def count(n: int, one: str, many: str | None = None) -> str:
    """``3 outlets``, ``1 outlet``."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def percent(share: float | None) -> str:
    if share is None:
        return "–"
    if 0 < share < 0.01:
        return "under 1%"
    if 0.99 < share < 1:
        return "over 99%"
    return f"{share:.0%}"


def day(published: str | None) -> str:
    """``3 May 2024``, as precise as was given; what is no date is shown as it stands."""
    if not published:
        return "date unknown"
    found = ISO.match(published)
    if not found or not 1 <= int(found["month"] or 1) <= 12:
        return published
    parts = [found["year"]]
    if found["month"]:
        parts.insert(0, MONTHS[int(found["month"]) - 1])
    if found["day"]:
        parts.insert(0, str(int(found["day"])))
    return " ".join(parts)


def when(published: str | None) -> str:
    """``3 May 2024, 10:00 UTC``."""
    found = ISO.match(published or "")
    if not found or not found["hour"]:
        return day(published)
    zone = {"Z": " UTC", "+00:00": " UTC", None: ""}.get(found["zone"], f" {found['zone']}")
    return f"{day(published)}, {found['hour']}:{found['minute']}{zone}"


def moment(published: str | None) -> float | None:
    """Seconds since 1970 of the earliest moment it may mean; ``None`` for less than a day known."""
    found = ISO.match(published or "")
    if not found or not found["day"]:
        return None
    try:
        value = datetime.fromisoformat((published or "").replace(" ", "T"))
    except ValueError:
        return None
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()


def lag(hours: float | None) -> str:
    if hours is None:
        return "–"
    if hours <= 0:
        return "the same day" if hours == 0 else "–"
    if hours < 1:
        return count(round(hours * 60), "minute")
    if hours < 36:
        return count(round(hours), "hour")
    return count(round(hours / 24), "day")


def later(first: str | None, second: str | None) -> str:
    """How much later the second is, when both are known precisely enough to say."""
    if not first or not second:
        return ""
    a, b = moment(first), moment(second)
    if a is None or b is None:
        return ""
    if min(len(first), len(second)) <= 10:
        a, b = moment(first[:10]) or 0, moment(second[:10]) or 0
        return f"{count(round((b - a) / 86400), 'day')} later" if b > a else ""
    return f"{lag((b - a) / 3600)} later" if b > a else ""


def sureness(confidence: float) -> str:
    if confidence >= 0.95:
        return "sure"
    if confidence >= 0.8:
        return "likely"
    return "uncertain" if confidence >= 0.5 else "a guess"


def score_words(match: dict[str, object]) -> list[tuple[str, str, str]]:
    """The scores of a match: name, value, and what it says."""
    score, similarity = float(str(match["score"])), float(str(match["similarity"]))
    jaccard, bits = float(str(match["jaccard"])), float(str(match["bits"]))
    words = int(str(match["words"]))
    return [
        ("Score", f"{score:.2f}" if score < 0.995 else "over 0.99", truth(score)),
        ("Words", f"{words:,}", "Words that stand in the same order on both sides."),
        ("Similarity", percent(similarity), likeness(similarity)),
        ("Surprise", f"{bits:,.0f} bits", surprise(bits)),
        ("Jaccard", f"{jaccard:.2f}", "Share of short word runs in common, estimated by MinHash."),
    ]


def truth(score: float) -> str:
    if score >= 0.995:
        return "Of matches with this score, more than 99 in 100 are real reuse."
    return f"Of matches with this score, about {100 * score:.0f} in 100 are real reuse."


def likeness(similarity: float) -> str:
    if similarity >= 0.995:
        return "Word for word the same."
    if similarity >= 0.9:
        return "Nearly the same: a word here and there differs."
    if similarity >= 0.7:
        return "Edited: most words are the same, in the same order."
    return "Heavily edited."


def surprise(bits: float) -> str:
    if bits >= 100:
        return "So many unusual words in one order do not meet by chance."
    if bits >= 50:
        return "Chance would very rarely put these words in this order twice."
    return "Short or ordinary words: two writers might meet in them."


def web_address(url: str | None) -> str | None:
    """The address if it is one of the web; anything else (``javascript:``) is no link."""
    if not url or re.search(r"[\s\x00-\x1f\\]", url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme.lower() in ("http", "https") and parts.netloc else None


def host(url: str) -> str:
    return urlsplit(url).netloc.removeprefix("www.")


def shortened(text: str, length: int = 160) -> str:
    """The beginning, cut at a word."""
    flat = " ".join(text.split())
    if len(flat) <= length:
        return flat
    return flat[:length].rsplit(" ", 1)[0].rstrip(",;:–—-") + " …"


def bare(text: str) -> str:
    """The words of a quote without the comma that leads to its speaker."""
    return text.strip().rstrip(",;").rstrip()


def headline(title: str | None, source: str | None) -> str:
    """The title; without one, the last part of where it was read."""
    return title or (source or "").rstrip("/").rsplit("/", 1)[-1] or "Untitled"
