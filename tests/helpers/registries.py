"""The user's part of the registry of Windows, in memory."""


class FakeRegistry:
    """Keeps values as Windows does: none twice, none where nothing was written."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str | bytes] = {}

    def read(self, key: str, name: str) -> str | bytes | None:
        """Return a value, None where there is none."""
        return self.values.get((key, name))

    def write(self, key: str, name: str, value: str) -> None:
        """Write a string."""
        self.values[key, name] = value

    def delete(self, key: str, name: str) -> None:
        """Delete a value."""
        self.values.pop((key, name), None)

    def delete_key(self, key: str) -> None:
        """Delete a key and all below it."""
        for known, name in list(self.values):
            if known == key or known.startswith(f"{key}\\"):
                del self.values[known, name]
