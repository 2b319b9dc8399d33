"""The language of a text, where the text says it."""

from __future__ import annotations

import pytest

from reuse.language import language

ENGLISH = (
    "The harbour board said on Tuesday that it would keep the old ferry for another year. "
    "Nobody on the island had expected this, and the captain, who has sailed her since she was "
    "built, said that he would believe it when he saw the papers."
)
GERMAN = (
    "Der Gemeinderat beschloss am Dienstag, die alte Fähre noch ein Jahr zu behalten. Auf der "
    "Insel hatte damit niemand gerechnet, und der Kapitän sagte, er glaube es erst, wenn er die "
    "Unterlagen gesehen habe. Eine Entscheidung über das neue Schiff fällt im Herbst."
)
FRENCH = (
    "Le conseil du port a décidé mardi de garder le vieux bac une année de plus. Personne sur "
    "l'île ne s'y attendait, et le capitaine a déclaré qu'il n'y croirait qu'en voyant les "
    "documents. La décision sur le nouveau navire sera prise à l'automne."
)
RUSSIAN = (
    "Совет порта решил во вторник оставить старый паром ещё на один год. Никто на острове этого "
    "не ожидал, а капитан сказал, что поверит только тогда, когда увидит бумаги."
)
JAPANESE = (
    "港湾委員会は火曜日、古いフェリーをもう一年使い続けることを決めた。島では誰も予想しておらず、"
    "船長は書類を見るまで信じないと述べた。新しい船についての決定は秋に行われる。"
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ENGLISH, "en"),
        (GERMAN, "de"),
        (FRENCH, "fr"),
        (RUSSIAN, "ru"),
        (JAPANESE, "ja"),
        ("“We will not go,” said Ann Lee, who leads the council. “This is from them.”", "en"),
        # too little to tell
        ("„Wir gehen nicht“, sagte Anna Lee, die in Bonn war. „Das ist von ihnen.“", None),
        ("", None),
        ("Ferry stays", None),
        ("one two three four five\nsix seven", None),
        ("1234 5678 " * 100, None),
        ("“We will vote no,” said Mary Holt.", None),
    ],
)
def test_a_text_names_its_language_when_there_is_enough_of_it(text: str, code: str | None) -> None:
    assert language(text) == code
