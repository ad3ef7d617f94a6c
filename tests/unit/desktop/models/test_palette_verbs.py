"""A verb and its object in one line: which words are which, who can do it, what is typed on."""

from collections.abc import Callable, Sequence

import pytest

from desktop.models.palette_verbs import VerbFinder, VerbWords, wish_of
from desktop.models.palettes import Candidate, Entry, PaletteModel, Verb, candidate

VERBS = (
    VerbWords("open", ("account", "worker"), ("open", "打开")),
    VerbWords("pause", ("account",), ("pause", "暂停")),
    VerbWords("sign-in", ("account",), ("sign in", "登录")),
    VerbWords("restart", ("worker",), ("restart", "重启")),
    VerbWords("resume", ("account",), ("resume", "恢复")),
    VerbWords("run", ("job",), ("run", "run now", "运行")),
)


@pytest.mark.parametrize(
    ("typed", "names", "rest"),
    [
        ("pause news", {"pause"}, ("news",)),
        ("pau daily news", {"pause"}, ("daily", "news")),
        ("news pause", {"pause"}, ("news",)),
        ("news pau", {"pause"}, ("news",)),
        ("sign in news", {"sign-in"}, ("news",)),
        ("sign news", {"sign-in"}, ("news",)),
        ("run now backup", {"run"}, ("backup",)),
        ("re news", {"restart", "resume"}, ("news",)),
        ("暂停 新闻", {"pause"}, ("新闻",)),
        ("暂停新闻", {"pause"}, ("新闻",)),
        ("新闻暂停", {"pause"}, ("新闻",)),
        ("登录 每日新闻", {"sign-in"}, ("每日新闻",)),
    ],
)
def test_the_verb_is_told_from_its_object(typed: str, names: set[str], rest: tuple[str, ...]) -> None:
    wish = wish_of(typed.split(), VERBS)
    assert wish is not None
    assert ({verb.name for verb in wish.verbs}, wish.rest) == (names, rest)


@pytest.mark.parametrize("typed", ["pause", "p news", "news", "暂停", "news no"])
def test_what_names_no_verb_and_object_is_no_wish(typed: str) -> None:
    assert wish_of(typed.split(), VERBS) is None


class World:
    """Accounts and workers whose verbs are told when they are asked for."""

    def __init__(self, accounts: Sequence[str], workers: Sequence[str] = (), paused: Sequence[str] = ()) -> None:
        self.paused = set(paused)
        self.done: list[str] = []
        self.asked = 0
        self.all = [candidate(f"account:{name}", name, self.make) for name in accounts]
        self.all += [candidate(f"worker:{name}", name, self.make) for name in workers]
        self.all.append(candidate("action:window.pause-all", "Pause all", self.make))

    def act(self, words: str) -> Callable[[], object]:
        return lambda: self.done.append(words)

    def make(self, key: str) -> Entry:
        kind, _, name = key.partition(":")
        if kind == "action":
            return Entry(key=key, kind="Action", title="Pause all", act=self.act("all"))
        return Entry(key=key, kind=kind, title=name, act=self.act(f"open {name}"), more=lambda: self.more(kind, name))

    def more(self, kind: str, name: str) -> tuple[Verb, ...]:
        self.asked += 1
        if kind == "worker":
            return (Verb(title="Restart", act=self.act(f"restart {name}"), name="restart"),)
        verb = "resume" if name in self.paused else "pause"
        return (
            Verb(title=verb.title(), act=self.act(f"{verb} {name}"), name=verb),
            Verb(title="Sign in…", act=self.act(f"sign in {name}"), name="sign-in"),
        )


def shown(world: World, typed: str) -> list[str]:
    model = PaletteModel()
    model.offer([], lambda: world.all, (), VerbFinder(VERBS).rows)
    for end in range(1, len(typed) + 1):  # letter by letter, as a person does
        model.ask(typed[:end])
    if model.rows:
        model.rows[0].act()
    return [row.title for row in model.rows]


def test_the_first_row_does_it() -> None:
    world = World(["Daily news", "Shop"], ["local-1"])
    assert shown(world, "pause news") == ["Pause: Daily news"]
    assert shown(world, "sign in news") == ["Sign in: Daily news"]
    assert shown(world, "restart 1") == ["Restart: local-1"]
    assert shown(world, "open news") == ["Daily news"]
    assert world.done == ["pause Daily news", "sign in Daily news", "restart local-1", "open Daily news"]


def test_only_what_can_be_done_now_is_offered_of_kinds_that_can() -> None:
    world = World(["Daily news", "Old news"], ["news-worker"], paused=["Old news"])
    assert shown(world, "pause news") == ["Pause: Daily news"]
    assert shown(world, "resume news") == ["Resume: Old news"]
    assert set(shown(world, "re news")[:2]) == {"Resume: Old news", "Restart: news-worker"}


def test_an_action_that_is_called_so_stands_before_it() -> None:
    assert shown(World(["all the news"]), "pause all")[:2] == ["Pause all", "Pause: all the news"]


def test_few_are_asked_however_many_fit() -> None:
    world = World([f"news {number}" for number in range(10_000)], paused=[f"news {number}" for number in range(10_000)])
    assert shown(world, "pause news") == []
    assert world.asked <= 24 * len("pause news")


def test_candidates_that_are_gone_are_left_out() -> None:
    gone = Candidate("account:x", "news", "", 0, lambda _key: None)
    assert VerbFinder(VERBS).rows(["pause", "news"], [gone], ()) == []
