"""No secret survives."""

import base64
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from worker.runtime.redactions import MARK, Redactor


def redact(text, *secrets):
    redactor = Redactor()
    redactor.hold(dict(enumerate(secrets)))
    return redactor.redact(text)


def test_values_are_blotted_out_while_held():
    redactor = Redactor()
    one = redactor.hold({"password": "hunter22", "port": 993, "nested": {"list": ["swordfish"]}})
    two = redactor.hold({"password": "hunter22"})
    assert redactor.redact("hunter22 swordfish 993") == f"{MARK} {MARK} 993"
    redactor.release(one)
    assert redactor.redact("hunter22 swordfish") == f"{MARK} swordfish"
    redactor.release(two)
    assert redactor.redact("hunter22") == "hunter22"


def test_short_values_are_left():
    assert redact("a b", "a") == "a b"


def test_the_longer_of_two_goes_first():
    assert redact("pass1234word", "pass1234", "pass1234word") == MARK


@given(secret=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="‹›"), min_size=6, max_size=20))
def test_forms_in_urls_json_and_repr_are_found(secret):
    import json

    for form in (secret, quote(secret, safe=""), json.dumps(secret), repr(secret)):
        found = redact(f"<{form}>", secret)
        assert MARK in found
        assert secret not in found


def test_user_names_and_passwords_in_urls_are_blotted_out():
    assert redact("GET https://me:pw@example.org/x?y=1") == f"GET https://{MARK}@example.org/x?y=1"
    assert redact("see https://example.org/me@home") == "see https://example.org/me@home"


def test_authorization_headers_are_blotted_out():
    basic = base64.b64encode(b"me:pw").decode()
    for header in (
        f"Authorization: Basic {basic}",
        f"'authorization': 'Bearer {basic}'",
        f"Proxy-Authorization={basic}",
    ):
        assert basic not in redact(header)
