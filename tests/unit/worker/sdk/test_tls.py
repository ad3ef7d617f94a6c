"""TLS contexts are shared, and verify."""

import ssl

import pytest
import trustme

from worker.sdk.errors import InvalidConfig
from worker.sdk.tls import client_context


def test_one_context_for_all_and_one_more_for_each_file(tmp_path):
    trustme.CA().cert_pem.write_to_path(tmp_path / "ca.pem")
    plain, extra = client_context(), client_context(str(tmp_path / "ca.pem"))
    assert client_context() is plain
    assert client_context(str(tmp_path / "ca.pem")) is extra
    assert plain is not extra
    for context in (plain, extra):
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_file_that_cannot_be_used(tmp_path, content):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InvalidConfig) as caught:
        client_context(str(path))
    assert list(caught.value.fields) == ["ca_file"]
