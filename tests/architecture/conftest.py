"""All rules together read every source once."""

from collections.abc import Iterator

import pytest

from tests.architecture import sources


@pytest.fixture(scope="package", autouse=True)
def _trees() -> Iterator[None]:
    yield
    sources.forget()
