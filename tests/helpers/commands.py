"""The tree of commands as a person types them."""

from collections.abc import Iterator

import click

from master.cli.main import root


def leaves() -> dict[str, click.Command]:
    """Return every command that does something, by the words that are typed."""
    return dict(_below(click.Context(root), root, ""))


def _below(context: click.Context, group: click.Group, before: str) -> Iterator[tuple[str, click.Command]]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, name
        path = f"{before} {name}".strip()
        inner = click.Context(command, parent=context, info_name=name)
        if not isinstance(command, click.Group) or command.invoke_without_command:
            yield path, command
        if isinstance(command, click.Group):
            yield from _below(inner, command, path)
