"""Tasks become outcomes: found again where an earlier build made the same, else made now.

In: tasks, and what earlier builds left. Out: each task with its outcome, in the tasks' order.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from versus import cache, fonts, machine, render
from versus.recall import Recall, fetch, shelve
from versus.render import Outcome, Shop, Task
from versus.request import Request

KEPT = ("pdf", "card")
"""The formats that take so long to make that they are kept in the user's cache as well."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is told of a build while it runs."""

    started: Callable[[int], None] = lambda total: None
    made: Callable[[], None] = lambda: None
    waiting: Callable[[], None] = lambda: None
    """Another build holds the output folder."""


def made(
    shop: Shop, todo: Sequence[Task], request: Request, recall: Recall, watch: Watch
) -> Iterator[tuple[Task, Outcome]]:
    """Every task with its outcome."""
    keys = [recall.key(task.data() + _ledger(task, shop)) for task in todo]
    found = [recall.find(key) for key in keys]
    is_known = [outcome is not None for outcome in found]
    shelves = _shelves(shop, todo, found)
    for i, shelf in shelves.items():
        found[i] = fetch(shelf)
    missing = [i for i, outcome in enumerate(found) if outcome is None]
    watch.started(len(missing))
    wanted = [todo[i] for i in missing]
    for place, fresh in render.run(shop, wanted, request.jobs, watch.made, request.cluster):
        i = missing[place]
        found[i] = fresh
        if i in shelves and fresh.artifacts:
            shelve(shelves[i], fresh)
    if shelves:
        cache.prune()
    for i, outcome in enumerate(found):
        if outcome is not None:
            if outcome.artifacts and not is_known[i]:
                recall.note(keys[i], outcome)
            yield todo[i], outcome


def _shelves(shop: Shop, todo: Sequence[Task], found: Sequence[Outcome | None]) -> dict[int, str]:
    """The keys in the user's cache of the slow tasks that have no outcome yet.

    These hold on any machine, so they take in what is installed by its contents.
    """
    slow = [i for i, t in enumerate(todo) if found[i] is None and t.format in KEPT]
    if not slow:
        return {}
    catalogues = (part for item in sorted(shop.imprint.catalogues.items()) for part in item)
    templates = (machine.contents(folder) for folder in shop.context.templates.folders)
    settings = cache.key_of(
        machine.recipe(fonts.fingerprint()), repr(shop.imprint.site), *catalogues, *templates
    )
    return {i: cache.key_of(settings, todo[i].data()) for i in slow}


def _ledger(task: Task, shop: Shop) -> bytes:
    """Where copies are, for tasks whose links lead to them."""
    return repr(sorted(shop.copies.items())).encode() if task.is_copy else b""
