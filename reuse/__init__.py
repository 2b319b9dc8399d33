"""Where did these words come from? Text reuse and quotes with their speakers in news."""

__version__ = "0.1.0"
