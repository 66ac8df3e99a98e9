"""Orders become outcomes: found again where an earlier build made the same, else made now.

In: what is asked for, and what earlier builds left. Out: outcomes, in the orders' order.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from versus import cache, fonts, machine, render
from versus.briefs import Briefing
from versus.recall import Recall, fetch, shelve
from versus.render import Order, Outcome, Shop, Task
from versus.request import Request
from versus.sources import ChangedWhileReadError
from versus.stamps import digest_of
from versus.variants import Variant

KEPT = ("pdf", "card")
"""The formats that take so long to make that they are kept in the user's cache as well."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is told of a build while it runs."""

    started: Callable[[int], None] = lambda total: None
    made: Callable[[], None] = lambda: None
    waiting: Callable[[], None] = lambda: None
    """Another build holds the output folder."""


@dataclass(slots=True)
class Item:
    """One format of an order, and what became of it."""

    task: Task
    hint: bytes
    seed: bytes
    """What decides the variant's files; empty where whoever makes them is to tell."""
    rest: bytes
    """What else decides the outcome."""
    outcome: Outcome | None = None
    is_known: bool = False
    shelf: str | None = None
    """The key in the user's cache of what is kept there."""

    @property
    def key(self) -> bytes:
        """What decides the outcome."""
        return self.seed + self.rest


def wanted(shop: Shop, orders: Iterable[Order], briefing: Briefing, recall: Recall) -> list[Item]:
    """What is ordered, with the outcomes that stand in `out/` already."""
    # Links in copies lead to other copies, of which the ledger knows where they are.
    ledger = digest_of(repr(sorted(shop.copies.items())).encode()).encode()
    items = []
    for variant, formats in orders:
        # Where there is nothing to be found, only what is kept elsewhere needs a seed before it is
        # made; then whoever makes files tells it, who has the brief anyway.
        is_asked = recall.has_any or any(name in KEPT for name in formats)
        known: dict[bool, tuple[bytes, bytes]] = {}
        for task in (Task(variant, name) for name in formats):
            copies = task.offers_copies and briefing.has_copies
            if copies not in known:
                hint = briefing.hint(variant, with_copies=copies)
                make = partial(briefing.seed, variant, with_copies=copies)
                known[copies] = hint, recall.seed(hint, make) if is_asked else b""
            rest = task.format.encode() + (ledger if task.is_copy else b"")
            item = Item(task, *known[copies], rest)
            item.outcome = recall.find(item.key) if item.seed else None
            item.is_known = item.outcome is not None
            items.append(item)
    return items


def made(
    shop: Shop,
    items: Sequence[Item],
    request: Request,
    recall: Recall,
    watch: Watch,
    here: str,
) -> Iterator[tuple[Variant, Outcome]]:
    """Every outcome with its variant; `here` is the machine's stamp when the build began.

    Raises ChangedWhileReadError where something else is read now than keys were made of.
    """
    _take_from_shelves(shop, [i for i in items if i.outcome is None and i.task.format in KEPT])
    missing = [item for item in items if item.outcome is None]
    watch.started(len(missing))
    todo, is_fuller = [item.task for item in missing], False
    for place, fresh in render.run(shop, todo, request.jobs, watch.made, request.cluster):
        item = missing[place]
        item.outcome = fresh
        if not item.seed and fresh.seed:
            item.seed = recall.told(item.hint, fresh.seed)
        if item.shelf is not None and fresh.artifacts and not fresh.is_passing:
            if machine.stamp(request.root) != here:  # It may be made from other templates.
                raise ChangedWhileReadError("templates")
            shelve(item.shelf, fresh)
            is_fuller = True
    if is_fuller:
        cache.prune()
    for item in items:
        if item.outcome is not None:
            if item.outcome.artifacts and not (item.is_known or item.outcome.is_passing):
                recall.note(item.key, item.outcome)
            yield item.task.variant, item.outcome


def _take_from_shelves(shop: Shop, items: Sequence[Item]) -> None:
    """Look in the user's cache for what takes long to make.

    What is kept there holds on any machine, so its keys take in what is installed by its contents.
    """
    if not items:
        return
    catalogues = (part for item in sorted(shop.imprint.catalogues.items()) for part in item)
    templates = (machine.contents(folder) for folder in shop.context.templates.folders)
    settings = cache.key_of(
        machine.recipe(fonts.fingerprint()), repr(shop.imprint.site), *catalogues, *templates
    )
    for item in items:
        item.shelf = cache.key_of(settings, item.key)
        item.outcome = fetch(item.shelf)
