"""Lines of a demo without a display."""

from desktop.integration.narrator import count_of


def test_counts_have_their_plural():
    assert [count_of(count, "worker") for count in (0, 1, 2)] == ["0 workers", "1 worker", "2 workers"]
