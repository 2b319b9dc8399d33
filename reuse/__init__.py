"""Where did these words come from? Text reuse and quotes with their speakers in news."""

import logging

from reuse.api import ArticleRow, Options, Rows, Scan, check, open, scan, trace
from reuse.model import (
    Appearance,
    Dispute,
    Family,
    Match,
    Outlet,
    Passage,
    Problem,
    QuoteRow,
    ReuseError,
    Speaker,
    Variant,
)

__version__ = "1.0.0"

__all__ = [
    "Appearance",
    "ArticleRow",
    "Dispute",
    "Family",
    "Match",
    "Options",
    "Outlet",
    "Passage",
    "Problem",
    "QuoteRow",
    "ReuseError",
    "Rows",
    "Scan",
    "Speaker",
    "Variant",
    "__version__",
    "check",
    "open",
    "scan",
    "trace",
]

# A library is silent unless its user listens.
logging.getLogger(__name__).addHandler(logging.NullHandler())
