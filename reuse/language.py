"""Text -> the language it is written in, or none where too little of it says so."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

# The words an English sentence cannot do without. They settle English texts (most of what is
# scanned) in microseconds; the model costs a second to load and 0.2 ms a text.
_COMMON = """
the of and to in that is was for it on with as be by at are this not from but had have has they
which were their been who would said will about there he she his her we after when
"""
_ENGLISH = frozenset(_COMMON.split())
# Measured on news: the first hundred words of an English article have eight and more of these (the
# first percentile; the median is fifteen), of a German or Indonesian one at most four.
_ENOUGH = 7

# Of these the words that are none of its neighbours', of which a short text must have some.
_SHARED = "of in was is on be as we had her will he me"
_OURS, _FEW = _ENGLISH - frozenset(_SHARED.split()), 3

# Languages that the model knows and no newspaper is written in, or that it takes short or garbled
# text for.
_NO_PRESS = "zxx la vo eo sa grc hbo pcm gcf gcr ext bcl gom crh ltg lij vec wuu an nso kik"

# Under 160 letters (of UTF-8: half as many of Cyrillic, a third of Chinese) the model is as often
# wrong as right on names and headlines; and under .9 it hesitates between neighbours.
_LETTERS, _SURE, _HEAD = 160, 0.9, 600


def language(text: str) -> str | None:
    """The ISO 639-1 code of the language of the first six hundred characters; none when unsure."""
    head = text[:_HEAD]
    words = head.lower().split()
    if len(_ENGLISH.intersection(words)) >= _ENOUGH:
        return "en"
    letters = "".join(filter(str.isalpha, head))
    if len(letters.encode("utf-8", "replace")) < _LETTERS:
        return "en" if len(_OURS.intersection(words)) >= _FEW else None
    code, confidence = _identifier().classify(head)
    return code if confidence >= _SURE else None


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in identifier.labels if code not in _NO_PRESS.split()])
    return identifier
