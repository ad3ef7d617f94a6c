"""A secret shows itself nowhere."""

import pickle

import pytest

from worker.protocol.credential_messages import CredentialGranted
from worker.protocol.secret import Secret


def test_a_secret_is_seen_only_when_revealed():
    secret = Secret({"password": "hunter2"})
    assert "hunter2" not in f"{secret} {secret!r} {secret:>30}"
    assert (secret.reveal(), secret.get("password"), secret.get("none", "-")) == (
        {"password": "hunter2"},
        "hunter2",
        "-",
    )


def test_a_secret_is_never_pickled():
    with pytest.raises(TypeError):
        pickle.dumps(Secret({}))


def test_a_wiped_secret_is_empty():
    secret = Secret({"password": "hunter2"})
    secret.wipe()
    assert not secret
    assert secret.get("password") == ""


def test_the_grant_does_not_print_its_document():
    assert "hunter2" not in repr(CredentialGranted(document={"password": "hunter2"}, version=1))
