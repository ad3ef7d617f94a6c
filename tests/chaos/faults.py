"""Which faults a run makes: a plan that follows from the seed alone."""

import random
from dataclasses import dataclass
from typing import Literal

Kind = Literal["kill", "freeze", "blackhole", "starve", "master", "disk"]

WEIGHTS: dict[Kind, int] = {"kill": 8, "freeze": 6, "blackhole": 4, "starve": 2, "master": 2, "disk": 2}
LONG_FREEZES = 10
"""So many freezes of a long run last up to ``LONG_FREEZE_SECONDS``."""
LONG_FREEZE_SECONDS = (8.0, 20.0)
LONG_RUN = 100


@dataclass(frozen=True)
class Fault:
    """One fault. ``victim``: number of the worker, ``seconds``: how long it lasts, ``pause``: the rest before it."""

    kind: Kind
    victim: int
    seconds: float
    pause: float


def plan(seed: int, count: int, workers: int, with_disk: bool) -> list[Fault]:
    """Return ``count`` faults, each kind among the first ones, in an order of chance."""
    dice = random.Random(seed)
    kinds: list[Kind] = [kind for kind in WEIGHTS if with_disk or kind != "disk"]
    drawn = [*kinds, *dice.choices(kinds, [WEIGHTS[kind] for kind in kinds], k=max(0, count - len(kinds)))][:count]
    dice.shuffle(drawn)
    freezes = [number for number, kind in enumerate(drawn) if kind == "freeze"]
    long = set(dice.sample(freezes, min(LONG_FREEZES, len(freezes)))) if count >= LONG_RUN else set()
    longest = 3.0 if count >= LONG_RUN else 2.2
    faults = []
    for number, kind in enumerate(drawn):
        seconds = {
            "kill": 0.0,
            "freeze": dice.uniform(0.3, longest),
            "blackhole": dice.uniform(0.5, longest),
            "starve": dice.uniform(0.8, longest),
            "master": dice.uniform(0.0, 0.5),
            "disk": dice.uniform(0.5, longest),
        }[kind]
        if number in long:
            seconds = dice.uniform(*LONG_FREEZE_SECONDS)
        pause = dice.uniform(0.1, 3.0) if count >= LONG_RUN else dice.uniform(0.05, 0.4)
        faults.append(Fault(kind, dice.randrange(workers), round(seconds, 3), round(pause, 3)))
    return faults
