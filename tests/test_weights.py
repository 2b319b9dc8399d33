"""Weights are learnt from labelled articles, and read where they are written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import weights
from reuse.languages import WEIGHTS, language
from reuse.reading import read

NAMES = ["Mary Holt", "Ray Lind", "Ann Sorel", "Tom Vane", "Eva Brandt", "Jon Aske"]


def labelled(n: int) -> dict[str, object]:
    """An invented article: two people, and whose the quote is."""
    said, other = NAMES[n % 6], NAMES[(n + 1) % 6]
    text = f"“We shall see about it,” said {said}. {other} left the room. It is called “Moon {n}”."
    start, at = text.index("We shall"), text.index(said)
    quote = {
        "start": start,
        "end": text.index("”"),
        "kind": "direct",
        "speaker_start": at,
        "speaker_end": at + len(said),
        "cue_start": at - 5,
        "cue_end": at - 1,
    }
    return {"id": str(n), "text": text, "quotes": [quote]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "labelled.jsonl"
    path.write_text("\n".join(json.dumps(labelled(n)) for n in range(12)) + "\n", "utf-8")
    return path


def test_weights_learnt_from_nothing_read_what_was_labelled(file: Path) -> None:
    known = weights.articles([file])
    empty = weights.with_weights(language("en"), {name: {} for name in WEIGHTS})
    learnt, apart = weights.trained(known, empty, 3, {})
    counts = weights.total(known, apart)
    assert counts["marked true"] == 12
    assert counts["marked right"] == 12
    assert weights.trained(known, empty, 3, {})[0] == learnt


def test_choices_hold_one_right_alternative_at_least(file: Path) -> None:
    rules = language("en")
    for article in weights.articles([file]):
        made = weights.clause_choices(article, rules)
        made["quotes"] = weights.quote_choices(article, rules)
        assert made["quotes"]
        for choices in made.values():
            for choice in choices:
                assert choice.right
                assert max(choice.right) < len(choice.alternatives)


def test_what_was_learnt_is_written_as_the_reader_reads_it(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "WRITTEN", tmp_path)
    learnt, _ = weights.trained(weights.articles([file]), language("en"), 2, {})
    read = json.loads(weights.write("en", learnt, "invented").read_text("utf-8"))
    assert read.pop("source") == "invented"
    assert {t: {k: w / 100 for k, w in v.items()} for t, v in read.items()} == learnt


def test_what_stands_twice_has_the_same_features_twice() -> None:
    """Nothing that the tables remember grows while features are added up."""
    text = "“We shall see about it,” said Mary Holt.\n\n" * 4
    choices = weights.quote_choices(
        weights.Article(text, [weights.Label(1, 22, "marked", (30, 39), None)]), language("en")
    )
    assert len(choices) == 4
    assert choices[2].alternatives[0] == choices[3].alternatives[0]


QQ = """
[pronouns]
source = "invented"
words = "na"
[determiners]
source = "invented"
words = "lo"
[verbs.say]
source = "invented"
forms = "dak/daks/dakka/dakin"
"""


def invented(n: int) -> dict[str, object]:
    """An article in an invented language: who speaks stands behind the verb."""
    said, other = NAMES[n % 6], NAMES[(n + 1) % 6]
    text = f"“Mi bel ta gun toruk,” dakka {said}. {other} felu lo moto. Lo moto «Lun {n}»."
    at = text.index(said)
    return {
        "text": text,
        "quotes": [
            {
                "start": 1,
                "end": text.index("”"),
                "kind": "direct",
                "speaker_start": at,
                "speaker_end": at + len(said),
            }
        ],
    }


def test_a_third_language_is_two_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weights").mkdir()
    (tmp_path / "qq.toml").write_text(QQ, "utf-8")
    articles = tmp_path / "labelled.jsonl"
    articles.write_text("\n".join(json.dumps(invented(n)) for n in range(60)) + "\n", "utf-8")
    monkeypatch.setattr("reuse.languages.files", lambda _: tmp_path)
    monkeypatch.setattr(weights, "WRITTEN", tmp_path / "weights")
    # Sixty articles that agree may teach more than sixty real ones.
    monkeypatch.setitem(weights.PENALTY, "quotes", 1.0)
    language.cache_clear()
    try:
        learnt, _ = weights.trained(weights.articles([articles]), language("qq"), 2, {})
        weights.write("qq", learnt, "invented")
        language.cache_clear()
        quotes = read("“Sol ta mi gun bel,” dakka Lea Orm. Tom Vane felu lo «Bel».", "qq").quotes
    finally:
        language.cache_clear()
    assert [(q.text, q.kind, q.mention) for q in quotes] == [
        ("Sol ta mi gun bel,", "direct", "Lea Orm"),
        ("Bel", "term", None),
    ]


def test_marks_are_put_around_what_is_reported_and_its_speaker_stays() -> None:
    text = "Ray Lind said the bridge was old. “We see,” said Mary Holt. She said it was safe now."
    clauses = [(text.index(words), words) for words in ("the bridge was old", "it was safe now")]
    speakers = [(0, 8), (text.index("She"), text.index("She") + 3)]
    labels = [
        weights.Label(at, at + len(words), "clause", whose, None)
        for (at, words), whose in zip(clauses, speakers, strict=True)
    ]
    article = weights.marked(weights.Article(text, labels))
    assert article.text.replace('"', "") == text
    told = [
        (article.text[label.start : label.end], article.text[slice(*label.mention)])
        for label in article.labels
        if label.mention is not None
    ]
    assert told == [("the bridge was old", "Ray Lind"), ("safe now", "She")]
    for label in article.labels:
        assert article.text[label.start - 1] == article.text[label.end] == '"'
    made = weights.speaker_choices(weights.Article(text, labels), language("en"))
    assert len(made) == 2
