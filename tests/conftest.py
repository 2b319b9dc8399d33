"""What holds for all tests."""

from hypothesis import settings

# The same examples on every machine, and no test that a slow one fails.
settings.register_profile("reuse", deadline=None, derandomize=True)
settings.load_profile("reuse")
