"""People of many articles join into speakers, and what somebody decided holds."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reuse.everybody import plain
from reuse.model import Person
from reuse.names import BadNames, Entry, House, Names, from_csv, from_yaml, names_from
from reuse.speakers import Speakers, decision, join

Article = tuple[str, list[Person]]


def person(
    name: str,
    *roles: str,
    forms: Sequence[str] = (),
    gender: str | None = None,
    kind: str = "person",
) -> Person:
    counts = tuple((form, 1) for form in (forms or (name,)))
    assert kind in {"person", "organisation", "document", "unnamed"}
    return Person(name, kind, counts, roles, gender)  # type: ignore[arg-type]  # asserted above


def articles(*people: Person | list[Person]) -> list[Article]:
    """Each argument is one article's people."""
    return [(f"a{n}", [p] if isinstance(p, Person) else list(p)) for n, p in enumerate(people)]


def rows(found: Sequence[Article]) -> list[tuple[str, int, Person]]:
    return [(article, i, p) for article, people in found for i, p in enumerate(people)]


def name_in(speakers: Speakers, article: str, index: int = 0) -> str:
    wanted = speakers.of(article)[index]
    return next(s.name for s in speakers.speakers if s.id == wanted)


HOLT = person("Mary Holt", "the mayor of Leeds", forms=("Mary Holt", "Holt"), gender="f")
REED = person("Tom Reed", "a lawyer", forms=("Tom Reed", "Reed"), gender="m")
# Names that few bear.
ADEYEMI = person("Ruth Adeyemi", "harbour captain", forms=("Ruth Adeyemi", "Adeyemi"), gender="f")


@pytest.mark.parametrize(
    ("a", "b"),
    [
        # The same name, titles and order apart.
        (ADEYEMI, person("Ruth Adeyemi")),
        (ADEYEMI, person("Adeyemi, Ruth")),
        (ADEYEMI, person("Captain Ruth Adeyemi")),
        # A middle initial, Jr., an accent.
        (person("Ruth K. Adeyemi"), person("Ruth Adeyemi")),
        (person("Ruth Kemi Adeyemi"), person("Ruth K. Adeyemi")),
        (person("Renée Ödegård"), person("Renee Odegard")),
        (person("Paul H.W. Okonjo"), person("Paul HW Okonjo")),
        (person("ANN OKO"), person("Ann Oko")),
        # Short forms.
        (person("Robert Okonjo", "a lawyer"), person("Bob Okonjo", "a lawyer")),
        (person("Robert Okonjo"), person("Bob Okonjo")),
        # Misspelt or transliterated, and something else in common.
        (person("Fernanda Okonjo", "UN chief"), person("Fernada Okonjo", "UN chief")),
        (person("Ruth Adeyemi", "harbour captain"), person("Ruth Adyemi", "harbour captain")),
        (person("Muhammad Qadiri", "a cleric"), person("Mohamed Kadiri", "the cleric")),
        ([person("Ruth Adeyemi"), REED], [person("Ruth Adeyemy"), REED]),
        # The surname alone.
        (ADEYEMI, person("Adeyemi")),
        # An organisation, its letters, its articles.
        (
            person("Northford Bank", kind="organisation", forms=("Northford Bank", "NWB")),
            person("NWB", kind="organisation"),
        ),
        (
            person("The Northford Herald", kind="organisation"),
            person("Northford Herald", kind="organisation"),
        ),
        (
            person("UN Security Council", kind="organisation"),
            person("United Nations Security Council", kind="organisation"),
        ),
        # Taken for a person's name in one article.
        (person("Northford Ferries"), person("Northford Ferries", kind="organisation")),
        # An adjective at the start of a sentence.
        (person("Tess Okonjo"), person("Angry Tess Okonjo")),
        # A common name with a role or company in common.
        (person("John Smith", "a coach"), person("John Smith", "the coach")),
        ([person("John Smith", "a coach"), ADEYEMI], [person("John Smith", "a liar"), ADEYEMI]),
        # A common name of which nothing is said.
        (person("John Smith", "a coach"), person("John Smith")),
    ],
)  # fmt: skip
def test_one_speaker(a: Person | list[Person], b: Person | list[Person]) -> None:
    # Others of the news, so that sharing somebody with everybody is no evidence.
    others = [[REED, HOLT], *([person(f"Aone{n} Zed{n}x")] for n in range(30))]
    found = join(rows(articles(a, b, *others)))
    assert found.of("a0")[0] == found.of("a1")[0]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (person("John Smith", "a coach"), person("John Smith", "the mayor of Leeds")),
        (person("John A. Smith"), person("John B. Smith")),
        (person("Paul W. Okonjo"), person("Paul H.W. Okonjo")),
        (person("Paul Okonjo Jr."), person("Paul Okonjo Sr.")),
        ([person("Paul Okonjo"), person("Paul Okonjo Jr.")], person("Paul Okonjo Jr.")),
        # One letter apart, and two names that people bear.
        (person("Mario Lopez"), person("Maria Lopez")),
        (person("Dan Hansen", "a coach"), person("Don Hansen", "a baker")),
        (person("John Hansen", "a coach"), person("John Hanson", "a baker")),
        # Nothing but a likeness.
        (person("Anna Okonjo", "a coach"), person("Anna Okonja", "a baker")),
        # A common surname alone says nothing.
        (person("John Smith"), person("Smith")),
        (person("John Gale", gender="m"), person("Gale", gender="f")),
        # The Hill is none of the Democrats on Capitol Hill.
        (
            person(
                "Members on River Hill",
                "big",
                forms=("Members on River Hill", "Hill"),
                kind="organisation",
            ),
            person("Hill", "big", kind="organisation"),
        ),
        # The unnamed, and documents.
        (person("an official", kind="unnamed"), person("an official", kind="unnamed")),
        (person("the letter", kind="document"), person("the letter", kind="document")),
    ],
)
def test_two_speakers(a: Person | list[Person], b: Person | list[Person]) -> None:
    found = join(rows(articles(a, b)))
    assert found.of("a0")[0] != found.of("a1")[0]


def test_a_rare_name_in_two_stories_with_nothing_in_common_is_two_peoples() -> None:
    keeper = [person("Ruth Adeyemi", "the goalkeeper"), person("Tom Reed")]
    captain = [ADEYEMI, person("Mary Holt")]
    found = join(rows(articles(keeper, captain, keeper, captain)))
    assert found.of("a0")[0] == found.of("a2")[0]
    assert found.of("a1")[0] == found.of("a3")[0]
    assert found.of("a0")[0] != found.of("a1")[0]


@pytest.mark.parametrize(
    "third",
    [
        [person("Ruth Adeyemi", "the goalkeeper"), person("Mary Holt")],  # somebody in common
        [person("Ruth Adeyemi", "the goalkeeper and harbour captain"), person("Tom Reed")],
    ],
)
def test_two_stories_that_meet_are_one_persons(third: list[Person]) -> None:
    keeper = [person("Ruth Adeyemi", "the goalkeeper"), person("Tom Reed")]
    captain = [ADEYEMI, person("Mary Holt")]
    found = join(rows(articles(keeper, captain, third, keeper, captain)))
    assert len({found.of(f"a{n}")[0] for n in range(5)}) == 1


def test_a_rare_name_that_one_article_describes_otherwise_stays_one() -> None:
    keeper = [person("Ruth Adeyemi", "the goalkeeper"), person("Tom Reed")]
    captain = [ADEYEMI, person("Mary Holt")]
    found = join(rows(articles(keeper, captain, captain, captain)))
    assert len({found.of(f"a{n}")[0] for n in range(4)}) == 1


def test_a_surname_goes_to_whom_most_articles_mean_by_it() -> None:
    often = [[person("Anna Gale", forms=("Anna Gale", "Gale"))] for _ in range(8)]
    found = join(rows(articles(person("Gale"), *often, person("John Gale"))))
    assert name_in(found, "a0") == "Anna Gale"
    assert name_in(found, "a9") == "John Gale"


def test_a_surname_that_two_share_about_evenly_stays_alone() -> None:
    anna = [[person("Anna Gale", forms=("Anna Gale", "Gale"))] for _ in range(5)]
    john = [[person("John Gale", forms=("John Gale", "Gale"))] for _ in range(5)]
    found = join(rows(articles(person("Gale"), *anna, *john)))
    assert name_in(found, "a0") == "Gale"


def test_company_decides_between_two_of_a_surname() -> None:
    anna = [[person("Anna Gale", forms=("Gale",)), ADEYEMI] for _ in range(5)]
    john = [[person("John Gale", forms=("Gale",)), REED] for _ in range(5)]
    found = join(rows(articles([person("Gale"), ADEYEMI], *anna, *john)))
    assert name_in(found, "a0") == "Anna Gale"


def test_the_name_shown_is_the_fullest_of_the_commonest() -> None:
    found = join(
        rows(articles(*[person("Ruth Adeyemi")] * 3, person("Ruth K. Adeyemi"), ADEYEMI))
    )  # fmt: skip
    assert {name_in(found, f"a{n}") for n in range(4)} == {"Ruth K. Adeyemi"}


def test_a_suffix_that_few_use_is_another_person_and_never_shown() -> None:
    seniors = [person("Paul Okonjo")] * 6
    found = join(rows(articles(*seniors, person("Paul K. Okonjo Jr."))))
    assert name_in(found, "a0") == "Paul Okonjo"
    assert found.of("a6")[0] != found.of("a0")[0]


def test_a_suffix_that_many_use_joins_and_is_shown_when_most_do() -> None:
    few = join(rows(articles(*[person("Paul Okonjo")] * 3, *[person("Paul Okonjo Jr.")] * 2)))
    most = join(rows(articles(*[person("Paul Okonjo")] * 2, *[person("Paul Okonjo Jr.")] * 3)))
    assert {s.name for s in few.speakers} == {"Paul Okonjo"}
    assert {s.name for s in most.speakers} == {"Paul Okonjo Jr."}


def test_a_misspelling_is_not_shown_over_a_name_that_people_bear() -> None:
    found = join(
        rows(articles(person("Jonh Okonjo", "the port chief"), person("John Okonjo", "port chief")))
    )
    assert {s.name for s in found.speakers} == {"John Okonjo"}


def test_every_form_is_kept_with_its_count() -> None:
    one = Person("Ruth Adeyemi", "person", (("Ruth Adeyemi", 1), ("Adeyemi", 4)))
    two = Person("Ruth Adeyemi", "person", (("Ruth Adeyemi", 2),))
    found = join(rows(articles(one, two)))
    (speaker,) = found.speakers
    assert list(found.names) == [(speaker.id, "Adeyemi", 4), (speaker.id, "Ruth Adeyemi", 3)]


def test_the_same_unnamed_of_one_article_is_one() -> None:
    official = person("an official", kind="unnamed")
    found = join(rows(articles([official, REED, official])))
    assert found.of("a0")[0] == found.of("a0")[2]


_NAMES = [
    "Mary Holt", "Mary K. Holt", "Marie Holt", "Holt", "John Smith", "Smith", "Jon Smith",
    "Bob Gale", "Robert Gale", "R. Gale", "Gale", "Fernanda Okonjo", "Fernada Okonjo", "Okonjo",
    "Paul Okonjo Jr.", "Paul Okonjo", "Okonjo, Paul",
]  # fmt: skip
_PEOPLE = st.builds(
    lambda name, roles, gender: person(name, *roles, gender=gender),
    st.sampled_from(_NAMES),
    st.lists(st.sampled_from(["a coach", "the mayor of Leeds", "D-Ohio"]), max_size=2),
    st.sampled_from([None, "f", "m"]),
)


@given(st.lists(st.lists(_PEOPLE, min_size=1, max_size=4), max_size=12), st.randoms())
def test_the_order_of_the_articles_does_not_matter(
    everybody: list[list[Person]], shuffled: random.Random
) -> None:
    found = [(f"a{n:02}", people) for n, people in enumerate(everybody)]
    straight = join(rows(found))
    shuffled.shuffle(found)
    mixed = join(rows(found))
    assert list(straight.speakers) == list(mixed.speakers)
    assert list(straight.names) == list(mixed.names)
    for article, people in found:
        for index in range(len(people)):
            assert straight.of(article)[index] == mixed.of(article)[index]


@given(st.lists(st.lists(_PEOPLE, min_size=1, max_size=4), max_size=12))
def test_every_person_is_one_speaker_and_no_mention_is_lost(everybody: list[list[Person]]) -> None:
    found = [(f"a{n:02}", people) for n, people in enumerate(everybody)]
    joined = join(rows(found))
    ids = [s.id for s in joined.speakers]
    assert len(ids) == len(set(ids))
    assert {joined.of(a)[i] for a, people in found for i in range(len(people))} == set(ids)
    mentions = sum(n for _, people in found for p in people for _, n in p.forms)
    assert sum(n for _, _, n in joined.names) == mentions


@pytest.mark.parametrize(
    "wrong", [[("a", 1, HOLT)], [("a", 0, HOLT), ("b", 0, HOLT), ("a", 0, REED)]]
)
def test_rows_that_do_not_stand_together_are_refused(wrong: list[tuple[str, int, Person]]) -> None:
    with pytest.raises(ValueError, match="article"):
        join(wrong)


# --- Decisions ------------------------------------------------------------------------------------


def test_a_merge_makes_one_of_two() -> None:
    merge = decision("merge", ["Mary Holt", "M. Holt-Brand"], None, "2025-03-01")
    found = join(rows(articles(HOLT, person("M. Holt-Brand"))), [merge])
    assert found.of("a0")[0] == found.of("a1")[0]


def test_a_split_makes_a_speaker_of_its_own_there() -> None:
    everybody = rows(articles(*[ADEYEMI] * 4))
    before, after = (
        join(everybody, ds) for ds in ([], [decision("split", ["Ruth Adeyemi"], "a2", "1")])
    )
    assert before.of("a2")[0] == before.of("a1")[0]
    assert after.of("a2")[0] != after.of("a1")[0]
    assert after.of("a1")[0] == after.of("a3")[0] == after.of("a0")[0]


def test_a_split_parts_two_names() -> None:
    everybody = rows(articles(person("Robert Okonjo"), person("Bob Okonjo")))
    found = join(everybody, [decision("split", ["Bob Okonjo"], None, "1")])
    assert found.of("a0")[0] != found.of("a1")[0]


def test_the_last_decision_holds() -> None:
    names = ["Robert Okonjo", "Bob Okonjo"]
    everybody = rows(articles(person("Robert Okonjo"), person("Bob Okonjo")))
    split, merge = decision("split", names, None, "1"), decision("merge", names, None, "2")
    assert len(list(join(everybody, [split, merge]).speakers)) == 1
    assert len(list(join(everybody, [merge, split]).speakers)) == 2


def test_a_quote_corrected_by_hand_has_that_speaker() -> None:
    correction = decision("speaker", ["We  will vote no.", "Tom Reed"], "a0", "1")
    found = join(rows(articles(HOLT, REED)), [correction])
    assert found.corrected("a0").get(plain("We will vote no.")) == found.of("a1")[0]
    assert found.corrected("a1").get(plain("We will vote no.")) is None


def test_a_correction_may_name_somebody_new() -> None:
    correction = decision("speaker", ["No.", "Ann Lee"], None, "1")
    found = join(rows(articles(HOLT)), [correction])
    wanted = found.corrected("a0").get(plain("No."))
    assert [s.name for s in found.speakers if s.id == wanted] == ["Ann Lee"]


# --- House list -----------------------------------------------------------------------------------

LIST = """
people:
  - name: Mary Holt-Brand
    aliases: [Mary Holt, M. Brand]
    roles: [the mayor of Northford]
  - Tom Reed
organisations:
  - name: Northford Water Board
    aliases: [NWB]
outlets:
  - name: The Northford Herald
    owner: Crane Media
    kind: press
"""
TABLE = """kind,name,aliases,roles,owner
person,Mary Holt-Brand,Mary Holt; M. Brand,the mayor of Northford,
person,Tom Reed,,,
organisation,Northford Water Board,NWB,,
press,The Northford Herald,,,Crane Media
"""
NAMES = Names(
    (
        Entry("Mary Holt-Brand", "person", ("Mary Holt", "M. Brand"), ("the mayor of Northford",)),
        Entry("Tom Reed", "person"),
        Entry("Northford Water Board", "organisation", ("NWB",)),
    ),
    (House("The Northford Herald", "Crane Media", "press"),),
)


def test_a_house_list_reads_the_same_from_yaml_and_csv(tmp_path: Path) -> None:
    assert from_yaml(LIST) == from_csv(TABLE) == NAMES
    (tmp_path / "n.yaml").write_text(LIST, "utf-8")
    (tmp_path / "n.csv").write_text("\ufeff" + TABLE, "utf-8")
    assert names_from(tmp_path / "n.yaml") == names_from(tmp_path / "n.csv") == NAMES


def test_the_house_names_its_people() -> None:
    mayor = person("the mayor of Northford", kind="unnamed")
    found = join(rows(articles(HOLT, person("M. Brand"), mayor)), (), NAMES)
    assert [(s.name, s.kind) for s in found.speakers] == [("Mary Holt-Brand", "person")]


def test_a_form_that_the_list_gives_to_two_is_nobodys() -> None:
    names = Names((Entry("Ann Lee", "person", ("Lee",)), Entry("Bo Lee", "person", ("Lee",))))
    found = join(rows(articles(person("Ann Lee"), person("Bo Lee"), person("Lee"))), (), names)
    assert len(list(found.speakers)) == 3


def test_a_decision_stands_above_the_house_list() -> None:
    split = decision("split", ["M. Brand"], None, "1")
    found = join(rows(articles(HOLT, person("M. Brand"))), [split], NAMES)
    assert found.of("a0")[0] != found.of("a1")[0]


@pytest.mark.parametrize(
    ("read", "text", "reason"),
    [
        (from_yaml, "people: [{aliases: [x]}]", "people, entry 1: no name"),
        (from_yaml, "persons: []", "unknown part 'persons'"),
        (from_yaml, "outlets: [{name: x, kind: blog}]", "press, agency or origin"),
        (from_yaml, "a: [", "not YAML"),
        (from_csv, "name\nx\n", "columns kind and name"),
        (from_csv, "kind,name\nrobot,x\n", "line 2: unknown kind 'robot'"),
    ],
)
def test_a_list_that_cannot_be_read_says_where(read: object, text: str, reason: str) -> None:
    assert callable(read)
    with pytest.raises(BadNames, match=reason):
        read(text)
