"""Under which names a master answers."""

import pytest

from master.rest.hosts import Hosts


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1:3000", True),
        ("127.9.9.9:3000", True),
        ("localhost:3000", True),
        ("LOCALHOST:3000", True),
        ("[::1]:3000", True),
        ("keeper.example", True),
        ("keeper.example:8443", True),
        ("127.0.0.1", False),
        ("127.0.0.1:3001", False),
        ("localhost.attacker.example:3000", False),
        ("attacker.example:3000", False),
        ("127.0.0.1.nip.example:3000", False),
        ("user@127.0.0.1:3000", False),
        ("127.0.0.1:3000/x", False),
        ("127.0.0.1:x", False),
        ("127.0.0.1:99999", False),
        ("[::1:3000", False),
        ("0.0.0.0:3000", False),
        ("2130706433:3000", False),
        (":3000", False),
        ("", False),
        (None, False),
    ],
)
def test_only_loopback_with_our_port_and_what_was_allowed(host: str | None, allowed: bool) -> None:
    assert Hosts(["Keeper.example"]).allows_host(host, 3000) is allowed


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://127.0.0.1:3000", True),
        ("https://localhost:3000", True),
        ("https://keeper.example", True),
        ("http://127.0.0.1", False),
        ("http://127.0.0.1:5173", False),
        ("ftp://127.0.0.1:3000", False),
        ("127.0.0.1:3000", False),
        ("null", False),
        ("", False),
    ],
)
def test_only_pages_of_our_own(origin: str, allowed: bool) -> None:
    assert Hosts(["keeper.example"]).allows_origin(origin, 3000) is allowed


def test_port_80_may_be_left_out() -> None:
    assert Hosts().allows_host("localhost", 80)
    assert Hosts().allows_origin("https://localhost", 443)
