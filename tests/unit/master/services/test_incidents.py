"""Which faults several accounts share: one server's, or the network's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from master.services.incidents import NETWORK, Incidents, Place, is_local, place_of
from tests.helpers.data import FEED, IMAP
from worker.protocol.manifest import Capabilities, Manifest
from worker.protocol.texts import Text, text


def at(host: str) -> Place:
    return Place(host=host, remote=not is_local(host))


def unreached(host: str) -> Text:
    return text("network_unreachable", host=host, detail="?")


def refused(host: str) -> Text:
    return text("http_status", host=host, status=503)


def test_two_accounts_of_one_server_are_one_incident_until_one_of_them_answers() -> None:
    incidents = Incidents()
    incidents.answered("c", at("other.example"))
    assert not incidents.failed("a", at("mail.example"), refused("mail.example"))
    assert incidents.covering("a") is None
    assert not incidents.failed("b", at("mail.example"), refused("mail.example"))
    assert incidents.accounts() == {"mail.example": ["a", "b"]}
    assert incidents.answered("b", at("mail.example")) == {"a"}, "what the incident kept waiting is looked at again"
    assert incidents.covering("a") == "mail.example", "and is its own only when it fails once more"
    assert incidents.accounts() == {}
    assert incidents.failed("a", at("mail.example"), refused("mail.example")), "its trouble begins now"
    assert incidents.covering("a") is None


def test_servers_that_all_stay_silent_are_the_network_and_an_answer_ends_it() -> None:
    incidents = Incidents()
    for number in range(3):
        incidents.answered(f"{number}", at(f"{number}.example"))
    incidents.failed("0", at("0.example"), unreached("0.example"))
    assert incidents.covering("0") is None
    incidents.failed("1", at("1.example"), unreached("1.example"))
    assert incidents.accounts() == {NETWORK: ["0", "1"]}
    assert incidents.answered("2", at("2.example")) == {"0", "1"}
    assert incidents.accounts() == {}


def test_a_server_that_refuses_proves_that_the_network_works() -> None:
    incidents = Incidents()
    incidents.failed("a", at("a.example"), unreached("a.example"))
    incidents.failed("c", at("c.example"), refused("c.example"))
    incidents.failed("b", at("b.example"), unreached("b.example"))
    assert incidents.accounts() == {}


def test_few_silent_servers_of_many_are_not_the_network() -> None:
    incidents = Incidents()
    for number in range(10):
        incidents.answered(f"{number}", at(f"{number}.example"))
    for number in range(4):
        incidents.failed(f"{number}", at(f"{number}.example"), unreached(f"{number}.example"))
    assert incidents.accounts() == {}
    incidents.failed("4", at("4.example"), unreached("4.example"))
    assert set(incidents.accounts()) == {NETWORK}


def test_one_is_enough_while_no_interface_is_up_and_loopback_never_counts() -> None:
    incidents = Incidents()
    incidents.failed("here", at("localhost"), unreached("localhost"))
    incidents.failed("there", at("a.example"), unreached("a.example"))
    incidents.set_offline(True)
    assert incidents.accounts() == {NETWORK: ["there"]}
    assert incidents.set_offline(False) == {"there"}


def test_a_second_opinion_is_waited_for_only_where_there_is_another_server() -> None:
    incidents = Incidents()
    incidents.failed("a", at("a.example"), unreached("a.example"))
    assert not incidents.is_undecided("a"), "nobody else could say"
    incidents.answered("b", at("b.example"))
    assert not incidents.is_undecided("a"), "the network works"
    incidents.answered("a", at("a.example"))
    incidents.failed("a", at("a.example"), unreached("a.example"))
    assert incidents.is_undecided("a")
    incidents.answered("b", at("b.example"))
    assert not incidents.is_undecided("a")


@pytest.mark.parametrize(
    ("manifest", "settings", "place"),
    [
        (FEED, {"url": "https://Blog.Example:8443/feed"}, at("blog.example")),
        (FEED, {"url": "http://127.0.0.1:9/feed"}, Place(host="127.0.0.1:9", remote=False)),
        (FEED, {"url": "http://localhost/feed"}, Place(host="localhost", remote=False)),
        (IMAP, {"host": "localhost", "port": 1143, "username": "me"}, Place(host="localhost:1143", remote=False)),
        (IMAP, {"host": "imap.example.org", "username": "me@other.example"}, at("imap.example.org")),
        (IMAP, {"username": "me@Mail.example"}, at("mail.example")),
        (FEED, {}, Place(host="feed", remote=True)),
        (None, {"url": "https://a.example"}, Place(host="", remote=False)),
    ],
)
def test_where_an_account_is_is_read_from_its_settings(
    manifest: Manifest, settings: dict[str, str], place: Place
) -> None:
    assert place_of(manifest, settings) == place


def test_what_watches_this_machine_alone_says_nothing_of_the_network() -> None:
    words = {"en": "x"}
    local = Manifest(
        id="x", title=words, summary=words, icon="X", color="#000000", capabilities=Capabilities(local=True)
    )
    assert place_of(local, {"url": "https://a.example"}) == Place(host="", remote=False)


@given(
    st.lists(
        st.tuples(
            st.sampled_from("abcdef"), st.sampled_from(["x.example", "y.example", "localhost"]), st.integers(0, 2)
        ),
        max_size=40,
    )
)
def test_whoever_is_covered_fails_and_no_incident_is_empty(steps: list[tuple[str, str, int]]) -> None:
    incidents = Incidents()
    failing: set[str] = set()
    for account, host, what in steps:
        if what == 0:
            over = incidents.answered(account, at(host))
            failing.discard(account)
            assert over <= failing
        else:
            incidents.failed(account, at(host), unreached(host) if what == 1 else refused(host))
            failing.add(account)
        assert set(incidents.troubled()) == failing
        covered = incidents.accounts()
        assert all(members and set(members) <= failing for members in covered.values())
        assert NETWORK not in covered or all(incidents.covering(one) == NETWORK for one in covered[NETWORK])
