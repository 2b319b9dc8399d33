"""The whole of it, in order: articles in, one database out."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from reuse import __version__, reading
from reuse.model import Article, Problem, Quote, QuoteRow, Reading, content_id
from reuse.settings import Settings
from reuse.store import SCHEMA_VERSION, Store

Progress = Callable[[str, int, int | None], None]
BATCH_CHARACTERS = 1_000_000
