"""The test run is as strict as the style asks."""

import pytest


def test_warnings_and_slips_of_the_pen_fail(pytestconfig: pytest.Config):
    assert "error" in pytestconfig.getini("filterwarnings")
    assert pytestconfig.getoption("strict_markers")
    assert pytestconfig.getoption("strict_config")
    assert float(pytestconfig.getini("timeout")) > 0


def test_qt_warnings_fail(pytestconfig: pytest.Config):
    assert pytestconfig.getini("qt_log_level_fail") == "WARNING"


def test_files_of_the_same_noun_may_stand_in_every_layer(pytestconfig: pytest.Config):
    # store/test_items.py and services/test_items.py are two modules only in this mode.
    assert pytestconfig.getoption("importmode") == "importlib"
