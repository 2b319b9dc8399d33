"""Any text -> text that a terminal shows and does not obey."""

from __future__ import annotations

import re

# C0 and C1 controls, DEL, lone surrogates, and the marks that turn the direction of writing (with
# which a title can show the reader something else than it says). Tab stays; a line end would let
# one message look like two.
_OBEYED = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def printable(text: str) -> str:
    """`text` on one line, with what a terminal would obey written as an escape (``\\x1b``)."""
    return _OBEYED.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    return {10: "\\n", 13: "\\r"}.get(code) or (
        f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
    )
