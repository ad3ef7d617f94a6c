"""Writes the manual pages and the completions of the shells out of the command line itself: ``make_manual.py``.

They stand in ``packaging/linux/man/`` (``watchkeeper.1``, and a page a command) and ``packaging/linux/completions/``;
packages install them. A test holds them equal to what this makes.
"""

import inspect
import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from master.cli.command_tables import SUMMARIES  # noqa: E402
from master.cli.main import root  # noqa: E402
from master.cli.shells import SCRIPTS  # noqa: E402

MAN: Final = ROOT / "packaging" / "linux" / "man"
COMPLETIONS: Final = ROOT / "packaging" / "linux" / "completions"
WIDTH: Final = 78
DATE: Final = "2026-11-21"
"""Of the last change of the commands; not of the day on which this runs, so that pages stay as they are."""
COMPLETION_FILES: Final = {"bash": "watchkeeper", "zsh": "_watchkeeper", "fish": "watchkeeper.fish"}
"""As each shell looks for them in its folder of completions."""

EXIT_STATUS: Final = (
    ("0", "Done; what was asked for is so."),
    ("1", "Failed: the master refused, nothing has that name, no master runs, or one of several things failed."),
    ("2", "Wrong usage: the message names the option or the field."),
    ("3", "The port that was given is taken."),
    ("4", "There is no usable keyring, and the command cannot go on without it."),
    ("5", "The profile is in use by another master, damaged, or not to be read."),
    ("128 + N", "Ended by signal N: 130 by Ctrl-C, 141 when the reader of the output went away."),
)
FILES: Final = (
    ("~/.local/share/Watchkeeper/", "The profile, unless --profile names another one; readable by its owner alone."),
    ("master.json", "While a master runs: its address and its tokens."),
    ("settings.json", "The settings; `watchkeeper settings` changes them."),
    ("watchkeeper.db", "Accounts, what was found, jobs, schedules, notifications."),
    ("vault.key", "Opens what lies in the keyring; useless without it, and it without this."),
    ("logs/", "The logs of master and workers: JSON lines, rotated."),
    ("workers/, jobs/, backups/", "What each worker keeps, what jobs printed, the daily backups."),
)
ENVIRONMENT: Final = (
    ("WATCHKEEPER_PROFILE", "As --profile."),
    ("WATCHKEEPER_PORT", "As --port."),
    ("WATCHKEEPER_HOST", "As --host."),
    ("WATCHKEEPER_LOG_LEVEL", "As --log-level."),
    ("NO_COLOR", "Set to anything: no colours. There are none anyway where the output is no terminal."),
    ("COLUMNS", "Width of tables; without it that of the terminal."),
)
EXAMPLES: Final = (
    ("Run the master without a window, and see how it is:", ("watchkeeper serve &", "watchkeeper status")),
    (
        "Watch a feed, and a mailbox whose password is asked for:",
        (
            "watchkeeper accounts add --platform feed --name Releases --set url=https://example.org/feed.xml",
            "watchkeeper accounts add --platform imap --name Work --set username=me@example.org --test",
        ),
    ),
    ("What is unread, and what comes from now on:", ("watchkeeper items list --unread", "watchkeeper items follow")),
    ("Titles for a program:", ("watchkeeper items list --json | jq -r '.rows[].title'",)),
    ("Run a command as a job, every night at two:", (
        'watchkeeper schedules add --name Backup --cron "0 2 * * *" -- backup.sh --all',
    )),
    ("Drive a master on another machine:", (
        "ssh -fNL 3001:127.0.0.1:3000 server",
        "watchkeeper --connect http://127.0.0.1:3001 --token-file token status",
    )),
    ("Complete commands and names in bash:", ('eval "$(watchkeeper completion bash)"',)),
)  # fmt: skip


def files() -> dict[Path, str]:
    """Return every file that is made, by its path."""
    context = click.Context(root, info_name="watchkeeper", **root.context_settings)
    made = {MAN / "watchkeeper.1": "\n".join(_main_page(context)) + "\n"}
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        assert command is not None
        page = _command_page(click.Context(command, info_name=name, parent=context))
        made[MAN / f"watchkeeper-{name}.1"] = "\n".join(page) + "\n"
    made |= {COMPLETIONS / file: SCRIPTS[shell] for shell, file in COMPLETION_FILES.items()}
    return made


def main() -> int:
    """Write all files; what is made no more goes."""
    made = files()
    for folder in (MAN, COMPLETIONS):
        folder.mkdir(parents=True, exist_ok=True)
        for path in set(folder.iterdir()) - set(made):
            path.unlink()
    for path, content in made.items():
        path.write_text(content, "utf-8", newline="\n")
    print(f"{len(made)} files under packaging/linux/")
    return 0


def _main_page(context: click.Context) -> Iterator[str]:
    yield f'.TH WATCHKEEPER 1 {DATE} Watchkeeper "User Commands"'
    yield from _section("Name")
    yield r"watchkeeper \- keeps watch over all your accounts"
    yield from _section("Synopsis")
    yield r".B watchkeeper"
    yield r"[\fIOPTION\fP ...] [\fICOMMAND\fP [\fIARGUMENT\fP ...]]"
    yield from _section("Description")
    yield from _prose(
        "Watchkeeper watches mailboxes, feeds, chats, social accounts, web pages and scripts, and tells of each new "
        "thing once, within seconds. Without a command it opens its window, with the master behind it; `serve` runs "
        "the master without a window. All other commands ask the master that runs on the profile.",
        "Accounts, groups, proxies, workers, jobs, schedules, rules and credentials are named by their name or their "
        "id; of an id the first four characters are enough where they say which. Secrets are asked for, or read from "
        "stdin or a file; they are never arguments.",
        "With --json a command prints JSON for programs on stdout: times are UTC milliseconds, rows are those of the "
        "REST API. What goes wrong is one sentence on stderr; with --json it is "
        '`{"error": {"code", "message", "fields"}}` on stderr, and stdout stays empty.',
    )
    yield from _section("Options")
    yield from _options(context)
    yield from _section("Commands")
    for name in root.list_commands(context):
        yield ".TP"
        yield rf"\fBwatchkeeper\-{_escaped(name)}\fP(1)"
        yield from _lines(SUMMARIES[name])
    for title, rows in (("Exit status", EXIT_STATUS), ("Files", FILES), ("Environment", ENVIRONMENT)):
        yield from _section(title)
        for name, said in rows:
            yield ".TP"
            yield rf"\fB{_escaped(name)}\fP"
            yield from _lines(said)
    yield from _section("Examples")
    for said, commands in EXAMPLES:
        yield from _prose(said)
        yield from (".RS 4", ".nf", *(_line_start(_escaped(one)) for one in commands), ".fi", ".RE")
    yield from _section("See also")
    yield "The pages of the commands, such as"
    yield r".BR watchkeeper\-accounts (1);"
    yield from _lines("`watchkeeper COMMAND --help` says the same.")


def _command_page(context: click.Context) -> Iterator[str]:
    command, name = context.command, context.info_name or ""
    yield f'.TH WATCHKEEPER-{name.upper()} 1 {DATE} Watchkeeper "User Commands"'
    yield from _section("Name")
    yield rf"watchkeeper\-{_escaped(name)} \- {_escaped(SUMMARIES[name].rstrip('.'))}"
    yield from _section("Synopsis")
    verbs = [*_verbs(context)]
    alone = not verbs or getattr(command, "invoke_without_command", False)
    for number, one in enumerate([context, *verbs] if alone else verbs):
        yield from (".br",) if number else ()
        yield from _synopsis(one)
    yield from _section("Description")
    yield from _help(command)
    if own := [*_options(context, own=True)]:
        yield from _section("Options")
        yield from own
    if verbs:
        yield from _section("Commands")
        for one in verbs:
            yield f".SS {_quoted(one.info_name or '')}"
            yield from _help(one.command)
            yield from _options(one, own=True)
    yield from _section("See also")
    yield ".BR watchkeeper (1)"
    yield "has the options of all commands, what they exit with, files and examples."


def _verbs(context: click.Context) -> Iterator[click.Context]:
    """Return the commands of a group, however deep."""
    if not isinstance(context.command, click.Group):
        return
    for name in context.command.list_commands(context):
        command = context.command.get_command(context, name)
        if command is not None and not command.hidden:
            inner = click.Context(command, info_name=name, parent=context)
            yield inner
            yield from _verbs(inner)


def _synopsis(context: click.Context) -> Iterator[str]:
    words = [_escaped(word) for word in context.command_path.split()]
    yield f".B {' '.join(words)}"
    pieces = [piece for piece in context.command.collect_usage_pieces(context) if piece != "[OPTIONS]"]
    yield rf"[\fIOPTION\fP ...] {' '.join(map(_italic, pieces))}".rstrip()


def _options(context: click.Context, *, own: bool = False) -> Iterator[str]:
    """Return the options; ``own``: without those of all commands."""
    shared = {param.name for param in root.params if param.name not in ("minimized", "version")} if own else set()
    for param in context.command.get_params(context):
        if not isinstance(param, click.Option) or param.name in shared or (own and "--help" in param.opts):
            continue
        if (record := param.get_help_record(context)) is not None:
            yield ".TP"
            breakable = _escaped(record[0]).replace("|", r"|\:")
            yield rf"\fB{breakable}\fP"
            yield from _lines(" ".join(record[1].split()) or "See above.")
            if isinstance(param.type, click.Choice) and param.metavar:
                yield from _lines(f"One of: {', '.join(map(str, param.type.choices))}.")


def _help(command: click.Command) -> Iterator[str]:
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    for paragraph in paragraphs:
        if paragraph.startswith("\b"):
            lines = [_line_start(_escaped(line)) for line in paragraph.splitlines()[1:]]
            yield from (".PP", ".nf", *lines, ".fi")
        else:
            yield from _prose(paragraph)


def _prose(*paragraphs: str) -> Iterator[str]:
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ".PP"
        yield from _lines(" ".join(paragraph.split()))


def _lines(text: str) -> Iterator[str]:
    """Return a text, each sentence on a line of its own, and none of them long."""
    for sentence in re.split(r"(?<=[.!?:]) (?=[A-Z`\"-])", text):
        for line in textwrap.wrap(_marked(sentence), WIDTH, break_long_words=False, break_on_hyphens=False):
            yield _line_start(line)


def _marked(text: str) -> str:
    parts = text.split("`")
    return "".join(rf"\fB{_escaped(part)}\fP" if number % 2 else _escaped(part) for number, part in enumerate(parts))


def _section(title: str) -> Sequence[str]:
    return (f".SH {title.upper()}",) if " " not in title else (f'.SH "{title.upper()}"',)


def _italic(piece: str) -> str:
    return re.sub(r"[A-Z][A-Z_=-]*", lambda found: rf"\fI{_escaped(found[0])}\fP", piece)


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"' if " " in text else _escaped(text)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\e").replace("-", r"\-").replace("'", r"\(aq").replace("`", r"\(ga")


def _line_start(line: str) -> str:
    return rf"\&{line}" if line[:1] in (".", "'") else line


if __name__ == "__main__":
    sys.exit(main())
