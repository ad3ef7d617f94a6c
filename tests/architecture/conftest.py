"""The rules of one file read every source once."""

from collections.abc import Iterator

import pytest

from tests.architecture import sources


@pytest.fixture(scope="module", autouse=True)
def _trees() -> Iterator[None]:
    yield
    sources.forget()
