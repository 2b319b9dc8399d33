"""Names of an article come together as people; a mention finds the one it means."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reuse.lexicon import first_names, fold
from reuse.model import Person
from reuse.naming import Name, names_in
from reuse.people import Table, people
from reuse.prose import prose
from reuse.records import records
from reuse.resolve import resolve
from reuse.salience import Resolution

_MARKED = re.compile(r"“[^”]*”|\"[^\"]*\"")


def table_of(text: str) -> Table:
    return people(prose(text, "en"), [m.span() for m in _MARKED.finditer(text)])


def meant(marked: str) -> tuple[Table, Resolution, Person | None]:
    """Whom the mention in {braces} means; an empty pair of braces is a quote without a mention."""
    start = marked.index("{")
    text = marked.replace("{", "").replace("}", "")
    end = marked.index("}") - 1
    table = table_of(text)
    # Every mention of a quote before it is resolved in order, as the reader does.
    found = resolve(
        table, start if end > start else None, end if end > start else None, quote=(start, start)
    )
    everybody, index = records(table)
    person = None if found.person is None else everybody[index[found.person]]
    return table, found, person


def name_of(marked: str) -> str | None:
    person = meant(marked)[2]
    return None if person is None else person.name


@pytest.mark.parametrize(
    ("run", "name", "titles"),
    [
        ("Mary Holt", "Mary Holt", ()),
        ("But Mary Holt", "Mary Holt", ()),
        ("Gov. Mary Holt", "Mary Holt", ("gov",)),
        ("Lt. Gov. Mary Holt", "Mary Holt", ("lt", "gov")),
        ("House Speaker Paul D. Reed", "Paul D. Reed", ("house", "speaker")),
        ("Republican Tom Reed", "Tom Reed", ("republican",)),
        ("Secretary of State Ann Lee", "Ann Lee", ("secretary", "state")),
        ("Secretary of State Okonjo", "Okonjo", ("secretary", "state")),
        ("Norwegian Prime Minister Ida Lund", "Ida Lund", ("norwegian", "prime", "minister")),
        ("Ohio Democratic Chairman Ed Gale", "Ed Gale", ("ohio", "democratic", "chairman")),
        ("UN Ann Lee", "Ann Lee", ("un",)),
        ("Black Lives Matter", "Black Lives Matter", ()),
        ("Muslim Ann Lee", "Ann Lee", ("muslim",)),
        ("Guy Reed", "Guy Reed", ()),
        ("Jan Reed", "Jan Reed", ()),
        ("Jan. Reed", "Reed", ()),
        ("Gov. Will Reed", "Will Reed", ("gov",)),
        ("Continued Stone", "Stone", ()),
        ("Oscar-winner Sarandon", "Sarandon", ()),
        ("Secretary-Treasurer Gary Cole", "Gary Cole", ("secretary-treasurer",)),
        (
            "Undersecretary for Political Affairs Wendy Orr",
            "Wendy Orr",
            ("undersecretary", "political", "affairs"),
        ),
        ("Mr. King", "King", ("mr",)),
        ("Sen. King", "King", ("sen",)),
        ("Ludwig van Beethoven", "Ludwig van Beethoven", ()),
        ("Robert \" Bob \" Gale", 'Robert "Bob" Gale', ()),
        ("Bashar al-Haddad", "Bashar al-Haddad", ()),
        ("Ban Geun-hye", "Ban Geun-hye", ()),
        ("Joe Gale Jr.", "Joe Gale", ()),
    ],
)  # fmt: skip
def test_titles_and_openers_come_off_a_name(run: str, name: str, titles: tuple[str, ...]) -> None:
    found = [n for _, _, n in names_in(tuple(run.split()), "en")]
    assert [(n.text, n.titles) for n in found] == [(name, titles)]


@pytest.mark.parametrize(
    "run",
    ["But", "Attorney General", "Prime Minister", "Supreme Court Justice", "Don't", "R-Ohio"],
)  # fmt: skip
def test_an_office_or_an_opener_is_nobodys_name(run: str) -> None:
    assert names_in(tuple(run.split()), "en") == ()


@pytest.mark.parametrize(
    ("run", "kind"),
    [
        ("Mary Holt", "person"),
        ("Mr. Okonjo", "person"),
        ("Dana P. Band", "person"),
        ("Northford Water Board", "organisation"),
        ("Department of Justice", "organisation"),
        ("Center for Health and Human Rights", "organisation"),
        ("UN General Assembly", "organisation"),
        ("Johnson & Gale", "organisation"),
        ("NWB", "organisation"),
        ("Citizens for Clean Rivers", "organisation"),
        ("Citizens for Tax Justice", "organisation"),
        ("Alliance to Save Our Rivers", "organisation"),
        ("New Zealand", "place"),
        ("W. Va.", "place"),
        ("Clean Water Act", "other"),
        ("Kent County Republican", "other"),
        ("Okonjo", ""),
    ],
)
def test_the_words_of_a_name_say_what_it_is_of(run: str, kind: str) -> None:
    ((_, _, name),) = names_in(tuple(run.split()), "en")
    assert name.kind == kind


@pytest.mark.parametrize(
    ("text", "name"),
    [
        # Names.
        ("{Mary Holt} said no.", "Mary Holt"),
        ("Mary Holt came late. “No,” said {Holt}.", "Mary Holt"),
        ("Mary Holt came late. “No,” said {Ms. Holt}.", "Mary Holt"),
        ("Mary Holt came late. “No,” said {Mary}.", "Mary Holt"),
        ("Ildefonso Guerra Ruiz spoke. “No,” said {Mr. Guerra Ruiz}.", "Ildefonso Guerra Ruiz"),
        ("Park Geun-soo spoke. “No,” said {Mr. Park}.", "Park Geun-soo"),
        ("Robert Gale spoke first. “No,” said {Bob Gale}.", "Robert Gale"),
        ("Sen. John F. Kerrigan spoke. “No,” said {John Kerrigan}.", "John F. Kerrigan"),
        ("Leslie Wimberly spoke. “No,” said {Wimberley}.", "Leslie Wimberly"),
        ("Joe Gale Jr. spoke. “No,” said {Gale}.", "Joe Gale Jr."),
        ("Tyresha McClenney came. “No,” said {McLenney}.", "Tyresha McClenney"),
        # For an ordinary word no name is a slip.
        ("Old Harbour Secrets had it. “No,” wrote {Secreto}.", "Secreto"),
        # A place that is somebody's surname here.
        ("Jim Jordan asked again. Mills left, {Jordan} said.", "Jim Jordan"),
        ("Ann Israel lives in Israel. “No,” said {Israel}.", "Israel"),
        # A party and a state, footage, kin.
        ("Tom Reed ({D-Ohio}) said no.", "Tom Reed"),
        ("Ann Lee, {R-Wis}., said no.", "Ann Lee"),
        ("The ad uses {footage of Ann Lee} asking why.", "Ann Lee"),
        ("Ann Lee's brother {Tom} said no.", "Tom Lee"),
        ("{Holt's niece}, state Del. Marcia Price, said no.", "Marcia Price"),
        ('{Holt\'s niece}, state Del. Marcia "Cia" Price (D-Va.), said no.', 'Marcia "Cia" Price'),
        # Who is named first, and in full, is who a pronoun goes on with.
        (
            "Ann Lee ran. Ann Lee won. Ann Lee said so. Ruth Orr, a nurse, met Lee. {She}"
            " said no.",
            "Ruth Orr",
        ),
        # Two of one surname stay two.
        ("John Gale met his wife, Anna Gale. “No,” said {Mr. Gale}.", "John Gale"),
        ("John Gale met his wife, Anna Gale. “No,” said {Mrs. Gale}.", "Anna Gale"),
        ("John Gale met Donald Gale Jr. “No,” said {John Gale}.", "John Gale"),
        ("John Gale Jr. met his father. “No,” said {John Gale}.", "John Gale"),
        ("John Gale met his son. “No,” said {John Gale Jr.}.", "John Gale Jr."),
        ("Joseph R. Gale Jr. spoke. “No,” said {Joe Gale}.", "Joseph R. Gale Jr."),
        # The head of a mention, not what stands around it.
        ("“No,” said {Tom Reed, a partner of Mary Holt}.", "Tom Reed"),
        ("“No,” said {Holt campaign spokesman Tom Reed}.", "Tom Reed"),
        ("“No,” said {Denmark's chief economist, Ida Lund}.", "Ida Lund"),
        ("“No,” said {his former partner at Lenham, Tom Reed}.", "Tom Reed"),
        ("“No,” said {the ambassador to the UN Ann Lee}.", "Ann Lee"),
        ("“No,” said {Secretary of State Ann Lee}.", "Ann Lee"),
        ("“No,” said {his former partner}, Tom Reed, on Monday.", "Tom Reed"),
        # Organisations.
        ("The Northford Water Board (NWB) met. “No,” said {the NWB}.", "Northford Water Board"),
        ("The Council of Allied Ports met. “No,” said {the council}.", "Council of Allied Ports"),
        ("“No,” said {the Holt campaign}.", "Holt campaign"),
        ("Danish troops left. “No,” said {Denmark}.", "Denmark"),
        # Pronouns.
        ("Mary Holt met Tom Reed on Monday. “No,” {she} said.", "Mary Holt"),
        ("Mary Holt met Tom Reed on Monday. “No,” {he} said.", "Tom Reed"),
        ("Tom Reed criticised Paul Gale. “No,” {he} said.", "Tom Reed"),
        ("Ann Lee read a letter of Eve Stone. “No,” {she} said.", "Ann Lee"),
        ("Tom Reed spoke. “Paul Gale is wrong,” {he} said.", "Tom Reed"),
        ("Mr. Okonjo met Mrs. Adeyemi. “No,” {he} said.", "Okonjo"),
        ("The water board named Ann Lee, {who} said no.", "Ann Lee"),
        ("The Northford Water Board met Tom Reed. “No,” {it} said.", "Northford Water Board"),
        # A town, an adjective, a first name behind "Sir".
        ("Ann Lee won in Dunholm for a team near Dunholm. “No,” {she} said.", "Ann Lee"),
        ("Linnea Hale was asked to sit. {Modest Linnea} said no.", "Linnea Hale"),
        ("The owner, Paul Stone, sat down. “No,” said {Sir Paul}.", "Paul Stone"),
        # Somebody in the story without a name.
        ("Ann Lee left. A 29-year-old woman came. “No,” {she} said.", "A 29-year-old woman"),
        ("Tom Reed left. The report came out later. “No,” {it} said.", "The report"),
        # Descriptions.
        (
            "Sen. Mary Holt (R-Ohio) met Mayor Tom Reed. “No,” said {the Ohio senator}.",
            "Mary Holt",
        ),
        ("Mayor Tom Reed met Sen. Paul Gale. “No,” said {the mayor}.", "Tom Reed"),
        (
            "The Danish ambassador, Ida Lund, met Tom Reed. “No,” said {the Danish diplomat}.",
            "Ida Lund",
        ),
        ("Ann Lee, a historian, met Eve Stone. “No,” said {the scholar}.", "Ann Lee"),
        ("Ann Lee met Eve Stone, an actress. “No,” said {the actress}.", "Eve Stone"),
        (
            "Ann Lee, the Republican nominee, met Eve Stone, the Democratic nominee. "
            "“No,” said {the Democratic candidate}.",
            "Eve Stone",
        ),
        # A name that only describes who speaks, before the name of who does.
        ("Mary Holt left. “No,” said {Holt} ally Tom Reed.", "Tom Reed"),
        ("Ann Holt left. {Ann Holt's co-host}, Tom Reed, said: “No.”", "Tom Reed"),
        ("Ann Holt left. {Ann Holt's running mate}, Tom Reed, said: “No.”", "Tom Reed"),
        # One of those just spoken of, named beside it.
        ("A critic left. {Another}, Tom Reed, said: “No.”", "Tom Reed"),
        ("{One} of them, Tom Reed, said: “No.”", "Tom Reed"),
        ("{A third}, Tom Reed, said: “No.”", "Tom Reed"),
        # The name beside it is whose neighbour this is.
        ("{A resident}, Tom Reed's neighbour, said: “No.”", "A resident"),
        # Whose mother she is does not say that he is she.
        ("Tom Gray's late mother lived in Leeds. “No,” {she} said.", "Tom Gray's late mother"),
        ("Ann Gray's mother, Eve Lee, lives in Leeds. “No,” {she} said.", "Eve Lee"),
        ("Mary Holt left. {Another Holt ally}, Tom Reed, said: “No.”", "Tom Reed"),
        ("“No,” said {Harbour Watch president Tom Reed}.", "Tom Reed"),
        ("“No,” said {Northford-based lawyer Tom Reed}.", "Tom Reed"),
        ("The Holt Train left. Holt sang. Holt ate. Holt slept. Mary Holt said. “No,” said {Holt}.",
         "Mary Holt"),
        ("Tom Reed came. Ann Lee of Columbia, {South Carolina} said no.", "Ann Lee"),
        ("Al Gale came late. “No,” said {Al} From.", "Al From"),
        ("Mr. Band came late. “No,” said {Mr. Band}.", "Band"),
        # Of two surnames the first is the one used.
        ("Ana Lora Reyes left. “No,” said {Ms. Lora}.", "Ana Lora Reyes"),
        # A comma behind her is not always an apposition's.
        ("Ann Lee left early. A 29-year-old woman, meanwhile, paid a fine. “No,” {she} said.",
         "A 29-year-old woman"),
        # Whose kin speaks does not.
        ("Ann Gale's brother Tom, the mayor, left. “No,” said {Councillor Gale}.", "Tom Gale"),
        # Who goes by a first name is not "Mr. Gale".
        ("Paul Gale built it. His brother, Freddy Gale, sold it. Freddy drank. Freddy sang. "
         "“No,” said {Mr. Gale}.", "Paul Gale"),
        # "Her husband, Saman Rezai": the sex of one tells the other.
        ("Nilu Rezai wept. Her husband, Saman Rezai, was free. “Yes,” said {Mrs. Rezai}.",
         "Nilu Rezai"),
        # Documents speak for who wrote them, where the text says it.
        ("In a letter to Ann Lee, Tom Reed asked why. “No,” {the letter} read.", "Tom Reed"),
        ("A report by the Harbour Office came out. “No,” {the report} said.", "Harbour Office"),
        ("“No,” said {a Harbour Office report published in May}.", "Harbour Office"),
    ],
)  # fmt: skip
def test_a_mention_means(text: str, name: str) -> None:
    assert name_of(text) == name


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("“No,” said {an official}.", "unnamed", "an official"),
        ("“No,” said {a man close to the deal}.", "unnamed", "a man close to the deal"),
        ("Tom Reed, the mayor, left. “No,” said {the spokesman}.", "unnamed", "the spokesman"),
        ("“No,” said {a spokesman for Mary Holt}.", "unnamed", "a spokesman for Mary Holt"),
        ("“No,” said {a lawyer for Acme chairman Tom Reed}.", "unnamed",
         "a lawyer for Acme chairman Tom Reed"),
        ("Tom Holt was poor. “No,” said {his father}.", "unnamed", "Tom Holt's father"),
        ("Tom Holt met his lawyer, Ann Lee. “No,” said {her son}.", "unnamed", "Ann Lee's son"),
        ("“No,” {the statement} read.", "document", "the statement"),
        ("“No,” said {two senators}.", "unnamed", "two senators"),
        ("“No,” said {an Ohio Democrat}.", "unnamed", "an Ohio Democrat"),
        ("Senate Republicans met. “No,” said {some Republicans}.", "unnamed", "some Republicans"),
        ("“No,” said {a writer for the weekly news sheet Lantern}.", "unnamed",
         "a writer for the weekly news sheet Lantern"),
        ("“No,” said {the “Harbour” star}.", "unnamed", "the “Harbour” star"),
        ("Harbour Group fell. The trade group for pilots rose. “No,” {the group} wrote.", "unnamed",
         "the group"),
    ],
)  # fmt: skip
def test_who_is_not_named_stays_unnamed(text: str, kind: str, name: str) -> None:
    person = meant(text)[2]
    assert person is not None
    assert (person.kind, person.name) == (kind, name)


@pytest.mark.parametrize(
    "text",
    [
        "Mary Holt, a Republican, met Sen. Tom Reed (D-Ohio). “No,” said {the Utah Republican}.",
        "Mary Holt fell. She cut {the number of buses in the town}.",
        "The “Harbour” star fell. “No,” {she} said.",
    ],
)
def test_who_cannot_be_told_is_nobody(text: str) -> None:
    assert meant(text)[2] is None


@pytest.mark.parametrize(
    "text",
    [
        "“No,” said {a Harbour Star}/Channel 9 poll.",
        "Paul Gale came with his son Tom Gale. “No,” said {the younger Mr. Gale}.",
    ],
)
def test_a_name_that_leaves_doubt_is_not_sure(text: str) -> None:
    assert meant(text)[1].confidence < 0.5


def test_a_description_that_comes_back_is_one_unnamed_person() -> None:
    text = "“No,” said a police spokesman. “Never,” the spokesman added."
    table = table_of(text)
    first = resolve(table, 11, 29, quote=(1, 4))
    at = text.index("the spokesman")
    second = resolve(table, at, at + 13, quote=(31, 37))
    assert first.person == second.person


def test_what_follows_a_name_of_unknown_kind_says_whether_a_person_has_it() -> None:
    text = "Northstrand Ferries, which gets money, spoke. The minister had not, {} said."
    assert name_of(text.format("{she}")) is None
    text = "Okonjo Ferries, who gets money, spoke. The minister had not, {} said."
    assert name_of(text.format("{she}")) == "Okonjo Ferries"


def test_a_name_is_not_the_elder_where_nobody_else_has_it() -> None:
    _, found, _ = meant("Jonah Whitlock lost. “No,” {Whitlock senior} said.")
    assert found.confidence < 0.5


def test_the_first_person_in_a_quote_within_a_quote_is_who_speaks_the_outer_one() -> None:
    text = "“Ann Lee came in. I said: ‘Sit down.’”"
    table = table_of(text)
    at = text.index("I said")
    found = resolve(table, at, at + 1, quote=(at + 9, at + 17), around=0)
    assert found.person == 0


def test_who_is_the_speakers_own_in_a_nested_quote_is_named_after_the_speaker() -> None:
    text = "“Ann Lee came in. My mother said: ‘Sit down.’”"
    table = table_of(text)
    at = text.index("My mother")
    found = resolve(table, at, at + 9, quote=(at + 16, at + 24), around=0)
    everybody, index = records(table)
    assert found.person is not None
    assert everybody[index[found.person]].name == "Ann Lee's mother"


def test_an_unnamed_judge_who_was_he_is_not_she() -> None:
    text = "A judge left early. He said no. She said yes."
    table = table_of(text)
    judge, he, she = (
        resolve(table, m.start(), m.end(), quote=m.span()).person
        for m in re.finditer("A judge|He|She", text)
    )
    assert he == judge is not None
    assert she != he


def test_the_one_spoken_to_is_not_the_speaker() -> None:
    text = "Mary Holt sat beside Ann Lee. “No,” she told Holt."
    table = table_of(text)
    at, told = text.index("she"), text.rindex("Holt")
    found = resolve(table, at, at + 3, quote=(31, 34), told=(told, told + 4))
    assert found.person is not None
    assert table.entities[found.person].name == "Ann Lee"


def test_whose_words_came_before_says_who_goes_on() -> None:
    text = "Ann Lee met Eve Stone at noon. “No,” Stone said. “Never,” she said."
    table = table_of(text)
    at = text.index("Stone said")
    first = resolve(table, at, at + 5, quote=(32, 35))
    at = text.index("she")
    second = resolve(table, at, at + 3, quote=(51, 57), previous=first.person)
    assert second.person == first.person


@pytest.mark.parametrize(
    ("text", "names"),
    [
        # A headline capitalises everything and names nobody by it.
        (
            "Angry Farmers March While Premier Mary Holt Speaks Again.\n\nHolt was late.",
            {"Mary Holt"},
        ),
        ("Water Prices Rise Again After Tough Summer Months.\n\nTom Reed was late.", {"Tom Reed"}),
        # Nor does a short line run on into the next.
        ("The farmers meet Mary Holt\nTom Reed was late.", {"Mary Holt", "Tom Reed"}),
        # The beginning of a sentence, a contraction, a party behind a name.
        ("Officials met Ann Lee. Don't Ann Lee's friends know?", {"Ann Lee"}),
        ("Sen. Ann Lee (D-Ohio) met Rep. Tom Reed, R-Utah.", {"Ann Lee", "Tom Reed"}),
        ("Angry Mary Holt left. Mary Holt came back.", {"Mary Holt"}),
    ],
)  # fmt: skip
def test_capitals_that_name_nobody_make_nobody(text: str, names: set[str]) -> None:
    everybody, _ = records(table_of(text))
    assert {p.name for p in everybody if p.kind == "person"} == names


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Danish journalist Ida Lund left.", "Danish journalist"),
        ("Ida Lund, the mayor of Leeds, left.", "the mayor of Leeds"),
        ("Sen. Ida Lund (D-Ohio) left.", "D-Ohio"),
        ("Ida Lund, who runs the port, left.", "who runs the port"),
        ("Ida Lund, 59, a lawyer, left.", "a lawyer"),
        ("They met the head of the port, Ida Lund, at noon.", "the head of the port"),
        ("Ida Lund is a lawyer.", "a lawyer"),
    ],
)
def test_what_somebody_is_said_to_be_is_kept(text: str, role: str) -> None:
    everybody, _ = records(table_of(text))
    (person,) = (p for p in everybody if p.name == "Ida Lund")
    assert role in person.roles


def test_a_person_keeps_every_form_with_its_count() -> None:
    text = "Sen. Mary Holt spoke. Holt left. Ms. Holt came back. Mary Holt sat."
    (holt,) = records(table_of(text))[0]
    assert holt == Person("Mary Holt", "person", (("Holt", 2), ("Mary Holt", 2)), ("Sen.",), "f")


def test_speakers_come_before_those_who_are_only_named() -> None:
    text = "Tom Reed met Ann Lee. “No,” said Lee."
    table = table_of(text)
    at = text.rindex("Lee")
    found = resolve(table, at, at + 3, quote=(23, 26))
    everybody, index = records(table)
    assert found.person is not None
    assert [p.name for p in everybody] == ["Ann Lee", "Tom Reed"]
    assert index[found.person] == 0


def test_a_reason_is_in_words() -> None:
    _, found, _ = meant("Mary Holt came. “No,” said {Holt}.")
    assert found.evidence == "surname of Mary Holt"
    assert 0.9 <= found.confidence <= 1


def test_a_rival_of_the_surname_lowers_the_confidence() -> None:
    alone = meant("Mary Holt came. “No,” said {Holt}.")[1]
    rival = meant("Mary Holt and Anna Holt came. “No,” said {Holt}.")[1]
    assert rival.confidence < alone.confidence


def test_a_pronoun_behind_somebody_else_says_nothing_of_who_has_the_surname() -> None:
    text = (
        "Mary Holt opened the mill in May. Holt is known for her bread.\n\n"
        "Her husband, the lawyer Bram Holt, had come along. The band played. It rained.\n\n"
        "Holt was asked about her plans for it.\n\n"
        "During the feast, {Holt} said that a plan of the engineer Tom Reed would make him rich."
    )
    person = meant(text)[2]
    assert person is not None
    assert person.name == "Mary Holt"
    person = meant(text.replace("a plan of the engineer Tom Reed", "his plan"))[2]
    assert person is not None
    assert person.name == "Bram Holt"


def test_a_language_without_tables_names_people_still() -> None:
    text = "Mary Holt kom. “Nej,” sade Holt."
    table = people(prose(text, "sv"), [])
    at = text.rindex("Holt")
    found = resolve(table, at, at + 4, quote=(17, 20))
    assert found.person is not None
    assert table.entities[found.person].name == "Mary Holt"


def test_first_names_know_their_sex() -> None:
    known = first_names()
    assert (known["mary"], known["thomas"], known["leslie"]) == ("f", "m", "u")


@pytest.mark.parametrize(
    ("word", "folded"),
    [("Müller", "muller"), ("O’Neill", "oneill"), ("J.", "j"), ("Łukasz", "lukasz")],
)  # fmt: skip
def test_names_fold(word: str, folded: str) -> None:
    assert fold(word) == folded


_WORDS = (
    "Mary Holt “ ” \" ( ) ' ’ Sen. of the and Gov. Secretary State UN Jr. , . said he D-Ohio J. "
    "van Don't al-Haddad Board & Department who Prime Minister letter Holt's — A - '' I'm Will May"
)
_TEXTS = st.one_of(
    st.text(alphabet=st.sampled_from("AbC e.,“”'’-\n()\"Éß&9"), max_size=300),
    st.lists(st.sampled_from(_WORDS.split()), max_size=40).map(" ".join),
)


@given(_TEXTS)
def test_any_text_has_a_table_whose_names_stand_where_it_says(text: str) -> None:
    table = table_of(text)
    for o in table.occurrences:
        assert 0 <= o.first < o.last <= len(table.prose.words)
        assert 0 <= o.entity < len(table.entities)
        assert isinstance(o.name, Name)
    everybody, index = records(table)
    assert sorted(index.values()) == list(range(len(everybody)))
    for n in range(0, len(text), 7):
        found = resolve(table, n, min(n + 9, len(text)), quote=(n, n))
        assert found.person is None or 0 <= found.person < len(table.entities)
        assert 0 <= found.confidence <= 1


@pytest.mark.parametrize(
    "hostile",
    [
        lambda n: "A" * n,
        lambda n: "A " * (n // 2),
        lambda n: "Ab of " * (n // 6),
        lambda n: "Mary Holt " * (n // 10),
        lambda n: "".join(f"Mary Abc{i:x} said. " for i in range(n // 16)),
        lambda n: "".join(f"Ann{i:x} Holt said. " for i in range(n // 16)),
        lambda n: "“Holt” (" * (n // 8),
        lambda n: "Board of " * (n // 9),
    ],
)
def test_steps_grow_with_the_text_and_not_with_its_square(hostile: Callable[[int], str]) -> None:
    """Counted in calls, not in seconds, so that a busy machine does not matter."""

    def calls(n: int) -> int:
        import sys

        count = 0

        def tick(frame: object, event: str, arg: object) -> None:
            nonlocal count
            count += event in {"call", "c_call"}

        text = prose(hostile(n), "en")
        sys.setprofile(tick)
        try:
            table = people(text, [])
            for at in range(0, n, n // 200):
                resolve(table, at, at + 12, quote=(at, at))
            records(table)
        finally:
            sys.setprofile(None)
        return count

    calls(2_000)  # tables and caches
    small, large = calls(20_000), calls(40_000)
    assert large < 2.5 * small + 1_000


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ("Bürgermeisterin Ida Lund kam. „Nein“, sagte {Lund}.", "Ida Lund"),
        ("Der frühere Küster Paul Veit und Ida Lund kamen. „Nein“, sagte {er}.", "Paul Veit"),
        ("Der frühere Küster Paul Veit und Ida Lund kamen. „Nein“, sagte {sie}.", "Ida Lund"),
        ("„Nein“, sagte {Küstenwache-Chef Hans Dieter Gehl}.", "Hans Dieter Gehl"),
        ("„Nein“, sagte {der Direktor der Behörde, Bagus Wibowo}.", "Bagus Wibowo"),
        ("„Nein“, sagte {Herr Gehl}.", "Gehl"),
        ("„Nein“, sagte {Gehl}.", "Gehl"),
        ("„Nein“, sagte {Ursula von der Au}.", "Ursula von der Au"),
        ("Finanzminister Paul Veit und Ida Lund kamen. „Nein“, sagte {der Minister}.", "Paul Veit"),
        ("„Nein“, sagte {ein Sprecher der Polizei}.", "ein Sprecher der Polizei"),
    ],
)
def test_a_mention_in_german_means(marked: str, name: str) -> None:
    start, end = marked.index("{"), marked.index("}") - 1
    table = people(prose(marked.replace("{", "").replace("}", ""), "de"), [])
    found = resolve(table, start, end, quote=(0, 0))
    assert found.person is not None
    assert table.entities[found.person].name == name


@pytest.mark.parametrize(
    ("text", "name", "kind"),
    [
        ("The former governor {Jan Holt} came.", "Jan Holt", "person"),
        ("The river rose again, as Gov. Will {Holt} had said.", "Will Holt", "person"),
        ("The river rose again, as did {Gov.} Will Holt, who swam.", "Will Holt", "person"),
        ("The river rose, said {former secretary of state Ann Lee}.", "Ann Lee", "person"),
        ("Said {an aide of the Holt Club}: it rained.", "an aide of the Holt Club", "unnamed"),
        ("{Team Holt} came on Monday.", "Team Holt", "organisation"),
        ("Mary Holt told {River Journalism} that it rained.", "River Journalism", "organisation"),
    ],
)
def test_what_a_name_is_of(text: str, name: str, kind: str) -> None:
    person = meant(text)[2]
    assert person is not None
    assert (person.name, person.kind) == (name, kind)


@pytest.mark.parametrize(
    "mention", ["42", "11:00", "D", "It's hard", "We’ve", "Saturday", "The next month"]
)
def test_a_number_a_letter_a_day_or_a_clause_of_its_own_is_nobody(mention: str) -> None:
    assert meant(f"Mary Holt came. {{{mention}}} said that it would rain.")[2] is None


def test_a_pronoun_with_its_verb_is_the_pronoun() -> None:
    person = meant("Mary Holt came to town, and {she'll} say that it rained.")[2]
    assert person is not None
    assert person.name == "Mary Holt"


def test_a_word_before_a_full_name_is_no_part_of_its_form() -> None:
    text = "Condemn Tom Reed, they said. Tom Reed came, the mayor. Reed swam. {Tom Reed} said so."
    person = meant(text)[2]
    assert person is not None
    assert person.forms == (("Tom Reed", 3), ("Reed", 1))


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("RealNewsWatch", "organisation"),
        ("Politico", "organisation"),
        ("McHolt", "person"),
        ("DeMarch", "person"),
        ("VandeReed", "person"),
    ],
)
def test_one_word_may_tell_a_body(name: str, kind: str) -> None:
    person = meant(f"The count was wrong, {{{name}}} said.")[2]
    assert person is not None
    assert (person.name, person.kind) == (name, kind)
