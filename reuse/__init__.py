"""Where did these words come from? Text reuse and quotes with their speakers in news."""

import logging

__version__ = "0.1.0"

# A library is silent unless its user listens.
logging.getLogger(__name__).addHandler(logging.NullHandler())
