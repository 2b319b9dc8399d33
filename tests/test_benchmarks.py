"""The corpora that benchmarks are run on are what they say, and the scores count what they say."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from benchmarks import calibrate, detectors, generate, growth, peers, score, whole
from benchmarks import reading as speed
from benchmarks.detectors import Text
from benchmarks.generate import BLOCK, Corpus, Made, Shared
from benchmarks.score import Claimed, Found, Truth
from reuse import reading

Block = tuple[list[Made], list[Shared]]


@pytest.fixture(scope="module")
def made() -> Block:
    return generate.block(7, 3)


def test_a_larger_corpus_begins_with_the_smaller_one() -> None:
    small = [m for articles, _ in Corpus(BLOCK + 30, seed=7).blocks() for m in articles]
    large = [m for articles, _ in Corpus(2 * BLOCK, seed=7).blocks() for m in articles]
    assert len(small) == BLOCK + 30
    assert small == large[: len(small)]


def test_any_process_can_make_any_part() -> None:
    blocks = list(Corpus(2 * BLOCK, seed=7).blocks())
    assert generate.block(7, 1) == blocks[1]
    assert generate.block(8, 1) != blocks[1]


def test_what_gold_says_about_quotes_stands_in_the_text(made: Block) -> None:
    articles, _ = made
    marks = {"“", "”", '"', "\n", ""}
    for a in articles:
        for q in a.quotes:
            assert 0 <= q["start"] < q["end"] <= len(a.text)
            if q["kind"] != "indirect":
                assert a.text[q["start"] - 1] in marks
                assert a.text[q["end"] : q["end"] + 1] in marks
            if q["mention_start"] is not None:
                mention = a.text[q["mention_start"] : q["mention_end"]]
                assert mention == mention.strip()
                named = q["name"] is not None and q["name"].split()[-1] in mention
                assert named or mention in ("he", "she") or mention[:1].islower()


def test_every_passage_stands_where_gold_says_and_crosses_outlets(made: Block) -> None:
    articles, shared = made
    by_id = {a.id: a for a in articles}
    assert {s["type"] for s in shared} >= {"verbatim", "edited", "ocr", "ellipsis", "quote", "wire"}
    for s in shared:
        members = [by_id[m["id"]] for m in s["members"]]
        assert len({m.outlet for m in members}) == len(members)
        assert members[0].published == min(m.published for m in members)
        texts = [by_id[m["id"]].text[m["start"] : m["end"]] for m in s["members"]]
        if s["type"] == "verbatim":
            assert len(set(texts)) == 1
        if s["type"] == "wire":
            source = members[0].text
            for text, m in zip(texts, s["members"], strict=True):
                assert text == source[m["source_start"] : m["source_end"]]


def test_furniture_repeats_within_its_outlet(made: Block) -> None:
    articles, _ = made
    seen: dict[tuple[str, str], int] = {}
    for a in articles:
        for start, end in a.furniture:
            key = a.outlet, a.text[start:end]
            seen[key] = seen.get(key, 0) + 1
    assert max(seen.values()) > 5


def test_the_passage_planted_everywhere_stands_in_as_many_articles_as_asked(tmp_path: Path) -> None:
    made = generate.write(Corpus(2 * BLOCK, seed=7, viral=40), tmp_path)
    texts = {r["id"]: r["text"] for r in map(json.loads, made.articles.open(encoding="utf-8"))}
    true = score.truth(made.gold)
    [passage] = [p for p in true.passages if p["type"] == "everywhere"]
    assert len({m["id"] for m in passage["members"]}) == 40
    assert all(texts[m["id"]][m["start"] : m["end"]] for m in passage["members"])
    assert made.text.read_text(encoding="utf-8") == "".join(t + "\n" for t in texts.values())


# --- scores -------------------------------------------------------------------------------------

WORDS = dict.fromkeys("abcd", "word " * 100)


def shared(*members: tuple[str, int, int], type: str = "edited") -> Shared:
    _, first, last = members[0]
    places = [
        generate.Place(id=i, start=s, end=e, source_start=first, source_end=last)
        for i, s, e in members
    ]
    return Shared(passage="p", type=type, rate=0.1, members=places)


def truth(*passages: Shared, furniture: dict[str, list[tuple[int, int]]] | None = None) -> Truth:
    return Truth(list(passages), {}, {c: (furniture or {}).get(c, []) for c in "abcd"})


PAIR = shared(("a", 100, 200), ("b", 0, 100))


@pytest.mark.parametrize(
    ("found", "recall", "recall_80", "precision"),
    [
        ([Found("a", (100, 200), "b", (0, 100))], 1, 1, 1),
        ([Found("b", (0, 100), "a", (100, 200))], 1, 1, 1),  # the other way round
        ([Found("a", (100, 150), "b", (0, 50))], 1, 0, 1),  # half of both sides
        ([Found("a", (100, 200), "b", (0, 49))], 0, 0, 1),  # less than half of one
        ([Found("a", (100, 150), "b", (0, 50)), Found("a", (150, 200), "b", (50, 100))], 1, 1, 1),
        ([Found("a", (100, 200), "b", (300, 400))], 0, 0, 0),  # elsewhere on one side
        ([Found("a", (0, 500), "b", (0, 100))], 1, 1, 0),  # five times as wide as it is
        ([Found("a", (100, 200), "c", (0, 100))], 0, 0, 0),
        ([], 0, 0, 0),
    ],
)
def test_a_planted_passage_counts_when_half_of_both_sides_is_reported(
    found: list[Found], recall: float, recall_80: float, precision: float
) -> None:
    got = score.reuse(truth(PAIR), found, WORDS)
    assert (got.recall, got.recall_80, got.precision) == (recall, recall_80, precision)


def test_two_copies_of_one_passage_share_it_though_only_the_source_is_asked_for() -> None:
    three = shared(("a", 0, 100), ("b", 0, 100), ("c", 0, 100))
    got = score.reuse(truth(three), [Found("b", (0, 100), "c", (0, 100))], WORDS)
    assert (got.planted, got.recall, got.precision) == (2, 0, 1)


def test_a_phrase_in_many_articles_counts_once_for_each_among_the_spans() -> None:
    stock = [Found(x, (300, 330), y, (300, 330)) for x, y in ("ab", "ac", "ad", "bc", "bd", "cd")]
    got = score.reuse(truth(PAIR), [Found("a", (100, 200), "b", (0, 100)), *stock], WORDS)
    assert got.precision == pytest.approx(1 / 7, abs=1e-3)
    assert got.precision_of_spans == pytest.approx(2 / 6, abs=1e-3)


@pytest.mark.parametrize(
    ("found", "kind"),
    [
        (Found("c", (0, 30), "d", (0, 30)), "stock"),
        (Found("c", (0, 300), "d", (0, 300)), "other"),
        (Found("c", (400, 500), "d", (0, 100)), "furniture"),
        (Found("a", (0, 500), "b", (0, 100)), "too wide"),
    ],
)
def test_what_is_wrong_is_said_by_kind(found: Found, kind: str) -> None:
    got = score.reuse(truth(PAIR, furniture={"c": [(400, 500)]}), [found], WORDS)
    assert got.wrong == {kind: 1}


def test_what_spread_widely_is_linked_by_pairs_or_by_standing_in_one_passage() -> None:
    wide = shared(*((c, 0, 100) for c in "abcd"), type="viral")
    pair = [Found("a", (0, 100), "b", (0, 100))]
    assert score.reuse(truth(wide), pair, WORDS).linked == pytest.approx(1 / 3, abs=1e-3)
    group = [("b", (0, 100)), ("c", (0, 100)), ("d", (0, 40))]
    assert score.reuse(truth(wide), pair, WORDS, [group]).linked == pytest.approx(2 / 3, abs=1e-3)


TEXT = 'Ann Lee said: "We go now." It was a "safe space" and "never," said one.'
GOLD = [
    ("We go now.", "direct", "Ann Lee"),
    ("safe space", "term", None),
    ("never,", "direct", None),
]


def quoted(*claims: tuple[str, str | None]) -> score.Quotes:
    true = Truth(
        quotes={
            "a": [
                generate.Quoted(
                    start=TEXT.index(w), end=TEXT.index(w) + len(w), kind=kind, utterance=n,
                    mention_start=None, mention_end=None, name=name,
                )
                for n, (w, kind, name) in enumerate(GOLD)
            ]
        }
    )  # fmt: skip
    found = [Claimed("a", TEXT.index(w), TEXT.index(w) + len(w), None, name) for w, name in claims]
    return score.quotes(true, found, {"a": TEXT})


@pytest.mark.parametrize(
    ("claims", "span_f1", "speaker", "trusted"),
    [
        ([("We go now.", "Ann Lee"), ("never,", None)], 1, 1, 1),
        ([("We go now", "Ann Lee"), ("never", None)], 1, 1, 1),  # the comma is nobody's
        ([("We go now.", "Lee"), ("never,", None)], 1, 0, 0),
        ([("We go now.", "Ann Lee"), ("never,", "Ann Lee")], 1, 1, 0.5),  # a guess is wrong
        ([("We go now.", "Ann Lee"), ("safe space", "Ann Lee"), ("never,", None)], 1, 1, 0.5),
        ([("We go now.", "Ann Lee")], 0.6667, 1, 1),
        ([("We go", None), ("never,", None)], 0.5, 0, 0),
    ],
)
def test_a_quote_is_right_with_its_span_and_its_speaker_in_full(
    claims: list[tuple[str, str | None]], span_f1: float, speaker: float, trusted: float
) -> None:
    got = quoted(*claims)
    assert (got.span_f1, got.speaker, got.trusted) == (span_f1, speaker, trusted)


def test_a_database_is_read_by_the_contract(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    db = sqlite3.connect(path)
    db.executescript((files("reuse") / "schema.sql").read_text(encoding="utf-8"))
    db.executemany(
        "INSERT INTO articles (id, source, text, words) VALUES (?, ?, ?, 100)",
        [(c, f"x.jsonl#{c}", WORDS[c]) for c in "abcd"],
    )
    db.execute("INSERT INTO passages VALUES ('p', '', '', 9, 3, 3, NULL, NULL, 0)")
    db.execute("INSERT INTO passages VALUES ('f', '', '', 9, 2, 2, NULL, NULL, 1)")
    db.executemany(
        "INSERT INTO appearances VALUES (?, ?, ?, 0, 100, 1, NULL, NULL)",
        [("1", "p", "a"), ("2", "p", "b"), ("3", "p", "c"), ("4", "f", "c"), ("5", "f", "d")],
    )
    db.execute(
        "INSERT INTO matches VALUES ('m','a',0,100,'b',0,100,1,1,1,1,9,'prose',NULL,NULL,'p')"
    )
    db.commit()
    pairs = {(f.a, f.b) for f in score.reported(path)}
    assert pairs == {("a", "b"), ("a", "c"), ("b", "c")}
    assert score.carried(path) == [[("a", (0, 100)), ("b", (0, 100)), ("c", (0, 100))]]


def test_a_broken_database_is_said_to_be_broken(tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    db = sqlite3.connect(path)
    db.executescript((files("reuse") / "schema.sql").read_text(encoding="utf-8"))
    db.execute("INSERT INTO articles (id, source, text, words) VALUES ('a', 's', 'one two', 2)")
    db.execute("INSERT INTO passages VALUES ('p', '', '', 9, 1, 1, 'a', NULL, 0)")
    db.execute("INSERT INTO appearances VALUES ('1', 'p', 'a', 0, 3, 1, NULL, NULL)")
    db.commit()
    assert list(whole.broken(path)) == []
    db.execute("UPDATE passages SET articles = 2")
    db.execute("UPDATE appearances SET article_id = 'gone'")
    db.commit()
    said = " ".join(whole.broken(path))
    assert "foreign key" in said
    assert "passages.articles" in said


def test_two_databases_differ_where_a_row_differs_and_not_by_their_order(tmp_path: Path) -> None:
    paths = [tmp_path / "x.db", tmp_path / "y.db"]
    for path, ids in zip(paths, ("ab", "ba"), strict=True):
        db = sqlite3.connect(path)
        db.executescript((files("reuse") / "schema.sql").read_text(encoding="utf-8"))
        db.executemany("INSERT INTO outlets (id, name) VALUES (?, 'n')", [(i,) for i in ids])
        db.commit()
    assert whole.differing(*paths) == []
    db.execute("UPDATE outlets SET name = 'm' WHERE id = 'a'")
    db.commit()
    assert whole.differing(*paths) == ["outlets"]


# --- beside others --------------------------------------------------------------------------------

SAID = "the old ferry will sail for one more year as nobody else has bid for the route"
TWO = [
    Text("a", "A", f"On Monday it was clear at last that {SAID}. Nothing else here is alike."),
    Text("b", "B", f"Critics were quick to note how {SAID}, or so it seems to them."),
    Text("c", "A", f"Of the outlet of the first of them is this one: {SAID}."),
]


@pytest.mark.parametrize("name", ["datasketch", "rensa", "copydetect", "text-matcher", "difflib"])
def test_a_peer_finds_what_two_outlets_share(name: str) -> None:
    for package in next(peer.packages for peer in peers.PEERS if peer.name == name):
        pytest.importorskip(package)
    found = [one for one in detectors.REUSE[name](TWO) if isinstance(one, Found)]
    assert {(one.a, one.b) for one in found} == {("a", "b"), ("b", "c")}
    texts = {one.id: one.text for one in TWO}
    for one in found:
        assert "nobody else has bid" in texts[one.a][slice(*one.a_span)]
        assert "nobody else has bid" in texts[one.b][slice(*one.b_span)]


def test_a_regular_expression_finds_a_quote_and_a_name_beside_it() -> None:
    text = "“We will sail,” said Ines Calder. Mr. Bee said: “No boat.” And “so on”."
    found = [*detectors.regular_expression([Text("a", "A", text)])]
    assert [(text[one.start : one.end], one.name) for one in found] == [
        ("We will sail,", "Ines Calder"),
        ("No boat.", "Mr. Bee"),
        ("so on", None),
    ]


def test_a_labelled_folder_is_read_and_what_it_shared_before_is_set_aside(tmp_path: Path) -> None:
    rows: dict[str, list[dict[str, object]]] = {
        "docs": [{"id": one.id, "outlet": one.outlet, "text": one.text} for one in TWO],
        "gold": [
            {"gid": "g", "a_id": "a", "a_start": 37, "a_end": 90, "b_id": "b", "b_start": 46,
             "b_end": 99, "type": "edit", "edit_rate": 0.1},
        ],
        "natural": [{"id": "b", "start": 0, "end": 30}, {"id": "c", "start": 0, "end": 30}],
        "clusters": [{"cluster": "v", "members": [{"id": "a", "start": 0, "end": 9}] * 2}],
    }  # fmt: skip
    for name, values in rows.items():
        lines = "".join(json.dumps(value) + "\n" for value in values)
        (tmp_path / f"{name}.jsonl").write_text(lines, "utf-8")
    corpus = peers.of_folder(tmp_path)
    assert [passage["type"] for passage in corpus.true.passages] == ["edit", "everywhere"]
    right = Found("a", (37, 90), "b", (46, 99))
    given = [right, Found("b", (0, 20), "c", (0, 20)), Found("b", (0, 20), "c", (50, 70))]
    assert [*peers.unnatural(given, corpus)] == [right, given[2]]
    scored = score.reuse(corpus.true, [right], corpus.texts)
    assert (scored.recall, scored.precision) == (1.0, 1.0)


def test_a_peer_that_is_not_there_says_so() -> None:
    absent = peers.Peer("difflib", ("no_such_package",))
    assert peers.missing(absent) == "not run: no_such_package is not installed"


def test_a_peer_that_compares_pairs_takes_four_times_as_long_for_twice_as_many(
    tmp_path: Path,
) -> None:
    corpus = peers.Labelled("generated", tmp_path, 2000, Truth(), {}, {})
    before = [{"program": "difflib", "articles": 1000, "cpu_seconds": 30.0, "failed": None}]
    assert peers.foreseen(peers.Peer("difflib"), corpus, before) == 120
    assert peers.foreseen(peers.Peer("difflib", power=1), corpus, before) == 60
    assert peers.foreseen(peers.Peer("rensa"), corpus, before) == 0


def test_the_picture_of_growth_has_a_line_for_each_program() -> None:
    lines = [
        {
            "program": "reuse scan",
            "articles": size,
            "cpu_seconds": size / 100,
            "corpus": "generated",
        }
        for size in (1000, 10_000, 100_000)
    ]
    failed = {"program": "difflib", "articles": 10_000, "failed": "not finished in 300 s"}
    other = {"program": "rensa", "articles": 800, "cpu_seconds": 9.0, "corpus": "synth"}
    found = growth.points([{"lines": [*lines, failed, other]}])
    assert list(found) == ["reuse scan"]
    assert len(found["reuse scan"]) == 3
    drawn = growth.picture(found)
    assert drawn.count("<polyline") == 1
    assert drawn.count("<circle") == 3
    assert "100,000" in drawn


def test_reading_is_timed_by_stage(monkeypatch: pytest.MonkeyPatch) -> None:
    spent: dict[str, float] = defaultdict(float)
    for name, stage in speed.STAGES.items():
        function = speed.timed(stage, spent, getattr(reading, name))
        monkeypatch.setattr(reading, name, function)
    figures = speed.passed(speed.texts(None, 3), "en", spent)
    assert figures.pop("mb_per_second") > 0
    assert set(figures) == {*speed.STAGES.values(), "rows"}
    assert all(seconds > 0 for seconds in figures.values())


def test_a_curve_is_found_again_from_what_it_judged() -> None:
    dice = np.random.default_rng(3)
    known = dice.normal(size=(20_000, 2))
    chance = 1 / (1 + np.exp(-(0.5 + known @ np.array([2.0, -1.0]))))
    true = (dice.random(len(known)) < chance).astype(float)
    found = calibrate.fitted(known, true, np.ones(len(known)))
    assert found == pytest.approx([0.5, 2.0, -1.0], abs=0.1)


def test_half_of_a_span_must_lie_in_its_label() -> None:
    assert calibrate.covers((10, 20), (15, 25))
    assert not calibrate.covers((10, 20), (16, 26))
