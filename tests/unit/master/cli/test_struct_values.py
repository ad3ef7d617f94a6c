"""``NAME=VALUE`` becomes what the fields of a body are."""

import click
import pytest

from master.api.schema import SettingsPatch, WorkerConfigPatch
from master.cli.struct_values import struct_values


def test_values_get_the_types_of_their_fields():
    pairs = ["sync_read=yes", "backup_keep=3", "heartbeat_seconds=2.5", "item_keep_total_mb=none", "job_commands=a, b"]
    assert struct_values(SettingsPatch, [*pairs, 'item_keep_days={"mail": 30}', "job_mounts=/srv/in"]) == {
        "sync_read": True,
        "backup_keep": 3,
        "heartbeat_seconds": 2.5,
        "item_keep_total_mb": None,
        "job_commands": ["a", "b"],
        "item_keep_days": {"mail": 30},
        "job_mounts": ["/srv/in"],
    }


def test_a_text_stays_a_text():
    pairs = ["name=none", "description=yes", "host=5", "command_args=--level=3,-v"]
    assert struct_values(WorkerConfigPatch, pairs) == {
        "name": "none",
        "description": "yes",
        "host": "5",
        "command_args": ["--level=3", "-v"],
    }


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ("backup_keep", "--set backup_keep: write NAME=VALUE."),
        ("backup_kep=1", "--set backup_kep: there is no such field. There are: alert_backlog"),
        ("backup_keep=0", "--set backup_keep: expected `int` >= 1."),
        ("backup_keep=many", "--set backup_keep: expected `int`, got `str`."),
        ("sync_read=perhaps", "--set sync_read: expected `bool`, got `str`."),
        ("version=3", "--set version: there is no such field."),
    ],
)
def test_what_is_wrong_is_named(pair, said):
    with pytest.raises(click.UsageError) as caught:
        struct_values(SettingsPatch, [pair], "--set")
    assert caught.value.message.startswith(said)
