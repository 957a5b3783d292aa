"""What a test must not see of the machine it runs on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def without_settings() -> Iterator[None]:
    """Hides the settings of whoever runs the tests, while the context lasts."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("NORTHWIRE_")]:
            patch.delenv(name)
        yield
