"""What has something secret in it shows none of it in its ``repr``: that is what ends up in logs and tracebacks."""

import importlib
import inspect
import pkgutil

import msgspec
import pytest

import master.api
import worker.protocol
import worker.sdk

SECRET = [
    "password",
    "passphrase",
    "credentials",
    "document",
    "values",
    "ticket",
    "token",
    "access_token",
    "refresh_token",
    "device_code",
    "client_secret",
]


def _structs():
    for package in (master.api, worker.protocol, worker.sdk):
        for found in pkgutil.iter_modules(package.__path__):
            module = importlib.import_module(f"{package.__name__}.{found.name}")
            for kind in vars(module).values():
                if inspect.isclass(kind) and issubclass(kind, msgspec.Struct) and kind.__module__ == module.__name__:
                    yield kind


def _secrets_of(kind):
    hints = inspect.get_annotations(kind)
    named = [name for name in kind.__struct_fields__ if name in SECRET and hints.get(name) not in (bool, int)]
    return [name for name in named if not (name == "credentials" and "Literal" in str(hints.get(name)))]


KINDS = sorted({kind for kind in _structs() if _secrets_of(kind)}, key=lambda kind: kind.__name__)


def test_those_that_are_meant_are_found():
    assert {"AccountCreate", "LoginCreate", "ProxyCreate", "CredentialGranted", "Granted"} <= {
        kind.__name__ for kind in KINDS
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_it_is_veiled(kind):
    assert kind.__repr__ is not msgspec.Struct.__repr__


def test_what_a_person_types_into_a_sign_in_is_veiled():
    assert "canary" not in repr(master.api.logins.LoginInput(value="canary"))
