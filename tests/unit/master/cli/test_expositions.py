"""The figures of Prometheus as rows for programs."""

from master.cli.expositions import samples

TEXT = """# HELP a Something.
# TYPE a gauge
a 1
a_total{worker="local-1",why="a \\"b\\" c\\\\d"} 2.5
a_bucket{le="+Inf"} 3
a_nothing NaN

"""


def test_each_line_with_a_value_is_a_row():
    assert samples(TEXT) == [
        {"name": "a", "labels": {}, "value": 1.0},
        {"name": "a_total", "labels": {"worker": "local-1", "why": 'a "b" c\\d'}, "value": 2.5},
        {"name": "a_bucket", "labels": {"le": "+Inf"}, "value": 3.0},
        {"name": "a_nothing", "labels": {}, "value": None},
    ]
