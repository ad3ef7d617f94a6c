"""The marker of the short form: ``-m "not chaos"`` leaves it out."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", "chaos: real processes under faults, about a minute")
