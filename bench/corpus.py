"""A publication of any number of made comparison articles: the same for the same number, always.

    python bench/corpus.py --articles 1000 DIR

Articles compare products of a made catalogue, twenty of a kind, eight articles on each. They have
what real ones have: definitions, told criteria and cells, a verdict, questions, sources, links to
each other, lists, code; some 5.6 kB of Markdown, and three of eight tags. Article number i does not
depend on how many there are, so a smaller publication is the beginning of a larger one.
"""

# ruff: noqa: ISC004 - sentences of a list may take two lines

import argparse
import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

PRODUCTS, ARTICLES = 20, 80
"""How many products make a kind, and how many articles are about them."""

TAGS = (
    "analytics", "databases", "delivery", "observability",
    "orchestration", "security", "storage", "streaming",
)  # fmt: skip

SITE = """\
title: The Made Catalogue
base_url: https://catalogue.example/
description: Products that nobody sells, compared with care.
language: en
author: {name: The bench}
social: {card: false}
"""


@dataclass(frozen=True, slots=True)
class Kind:
    """What products of a kind are called, what they work on, and how teams come to need one."""

    name: str
    plural: str
    tag: str
    nouns: tuple[str, ...]
    need: str


@dataclass(frozen=True, slots=True)
class Page:
    """One made article: its slug, its title and its file's text."""

    slug: str
    title: str
    text: str


_KINDS = tuple(
    Kind(name, plural, tag, tuple(nouns.split(", ")), need)
    for name, plural, tag, nouns, need in (
        (
            "message broker", "message brokers", "streaming",
            "topic, partition, consumer group, offset, retention window, dead letter queue, "
            "acknowledgement, producer batch, replica, backlog",
            "two services must talk without waiting for each other",
        ),
        (
            "stream processor", "stream processors", "streaming",
            "watermark, window, keyed state, checkpoint, operator, late event, join, sink, "
            "savepoint, source connector",
            "an answer is worth more while the event is young",
        ),
        (
            "column store", "column stores", "analytics",
            "row group, dictionary, sort key, projection, materialized view, scan, segment, "
            "zone map, merge, compression codec",
            "reports read a few columns of very many rows",
        ),
        (
            "document database", "document databases", "databases",
            "collection, index, shard, nested field, aggregation, write concern, cursor, "
            "change feed, primary, schema rule",
            "records differ from each other and change their shape often",
        ),
        (
            "graph database", "graph databases", "databases",
            "vertex, edge, traversal, path query, label, property, neighbourhood, ontology, "
            "pattern match, hop",
            "the connections say more than the records",
        ),
        (
            "time series database", "time series databases", "observability",
            "series, label set, downsampling rule, retention policy, chunk, ingester, rollup, "
            "cardinality limit, query range, block",
            "thousands of machines report a number every few seconds",
        ),
        (
            "workflow scheduler", "workflow schedulers", "orchestration",
            "task, dependency, backfill, trigger, schedule, sensor, retry, worker pool, "
            "run, asset",
            "jobs depend on each other and somebody must notice when one fails",
        ),
        (
            "feature store", "feature stores", "analytics",
            "feature view, entity, point-in-time join, online store, materialization job, "
            "registry, training set, freshness, offline store, transformation",
            "models are trained on one set of numbers and asked about another",
        ),
        (
            "log pipeline", "log pipelines", "observability",
            "parser, route, buffer, agent, field, sampling rule, index, severity, trace, sink",
            "logs cost more than the service that writes them",
        ),
        (
            "secrets manager", "secrets managers", "security",
            "lease, policy, seal, rotation, audit log, token, namespace, key ring, "
            "dynamic credential, mount",
            "passwords lie in files that too many people can read",
        ),
        (
            "identity provider", "identity providers", "security",
            "session, claim, realm, federation, group, second factor, consent, token, "
            "client, directory",
            "every tool asks people to sign in again",
        ),
        (
            "object store", "object stores", "storage",
            "bucket, multipart upload, lifecycle rule, erasure code, object version, prefix, "
            "storage class, replication rule, checksum, listing",
            "files outgrow the disks of any one machine",
        ),
        (
            "backup tool", "backup tools", "storage",
            "snapshot, chunk, repository, prune, restore, retention rule, deduplication, "
            "verification, mount, encryption key",
            "nobody has tried to restore anything since last year",
        ),
        (
            "container orchestrator", "container orchestrators", "orchestration",
            "pod, node, rollout, health check, quota, volume, service, scheduler, namespace, "
            "ingress",
            "services move between machines more often than people can follow",
        ),
        (
            "build system", "build systems", "delivery",
            "target, cache, toolchain, sandbox, dependency, rule, artifact, remote worker, "
            "action, workspace",
            "a change of one line builds everything again",
        ),
        (
            "deployment controller", "deployment controllers", "delivery",
            "manifest, reconciliation, drift, environment, promotion, rollback, hook, "
            "canary, approval, release",
            "releases wait for the one person who knows how",
        ),
    )
)  # fmt: skip

_CRITERIA = (
    "Purpose", "Operation", "Scaling out", "Failure and recovery", "Query language", "Consistency",
    "Extensions", "Upgrades", "Observability", "Access control", "Cost at rest", "Cost under load",
    "Client libraries", "Local development", "Migration", "Ecosystem",
)  # fmt: skip

_CELLS = {
    "License": ("Apache 2.0", "MIT", "MPL 2.0", "AGPL 3.0", "Source available", "Commercial"),
    "Written in": ("Go", "Rust", "Java", "C++", "Scala", "Elixir", "Zig"),
    "First release": tuple(str(year) for year in range(2006, 2022)),
    "Managed offering": ("Yes, from its makers", "Yes, from several clouds", "No", "In preview"),
    "Smallest useful cluster": ("One node", "Three nodes", "Five nodes", "One node and a disk"),
    "Backups": ("Built in", "By snapshots of disks", "By a separate tool", "Point in time"),
}

_WORDS = {
    "adj": (
        "small", "busy", "careful", "growing", "regulated", "impatient", "distributed", "young",
        "thrifty", "experienced", "seasonal", "remote",
    ),
    "team": (
        "team", "platform group", "start-up", "department", "agency", "data office", "shop",
        "publisher", "clinic", "school", "bank", "logistics firm",
    ),
    "thing": (
        "dashboard", "nightly job", "migration", "incident", "audit", "invoice", "roadmap",
        "data contract", "runbook", "pull request", "test suite", "forecast", "catalogue",
        "price list", "pager", "notebook", "staging cluster", "quarterly review",
    ),
    "time": (
        "on a quiet Sunday", "in the first week", "during a release", "after a year",
        "at the end of the month", "while a node restarts", "under steady load", "at peak hours",
        "in the long run", "when the budget is reviewed", "before the first customer notices",
    ),
    "how": (
        "quietly", "predictably", "by hand", "with one command", "without a restart",
        "in the background", "at a known price", "only when asked", "in small steps",
        "with little ceremony", "by convention", "from a single file",
    ),
    "cost": (
        "memory", "disk", "patience", "network traffic", "licences", "attention", "storage",
        "people", "tooling", "latency",
    ),
    "unit": ("nodes", "teams", "terabytes", "regions", "tenants", "pipelines", "services"),
    "number": ("three", "five", "eight", "a dozen", "twenty", "forty", "a hundred", "three hundred"),
    "verb": (
        "compacts", "validates", "replicates", "tracks", "merges", "caches", "rejects", "reorders",
        "announces", "expires", "samples", "encrypts", "splits", "rebuilds", "schedules",
    ),
    "setting": (
        "max_inflight", "retention_hours", "replicas", "flush_interval", "strict_mode",
        "read_ahead", "quorum", "batch_bytes", "idle_timeout", "verify_on_read",
    ),
}  # fmt: skip

_DEFINITIONS = (
    "**{a}** is a {kind} that {verb} every {noun} {how}. {A_SENTENCE}",
    "**{a}** began as a {thing} of one {adj} {team} and became a {kind}. {A_SENTENCE}",
    "A {kind} built around the {noun}, **{a}** {verb} what it is given {how}. {A_SENTENCE}",
    "**{a}** calls itself a {kind} for the {adj} {team}. Its {feature} {verb} each {noun}.",
)

_INTRODUCTIONS = (
    "Teams look for one of the {kinds} when {need}. {a} and {b} are often the last two on the list, "
    "and they differ where it is *least visible*, in what happens {time}.",
    "{a} and {b} answer the same question, since both are chosen when {need}. They do not agree on "
    "who pays for it, and the difference shows {time}.",
    "Most comparisons of {kinds} end with a table of features. **This one starts with the {noun}**, "
    "because {a} and {b} part ways there, and with it goes the price of {cost}.",
    "When {need}, a {adj} {team} reads about {a} first and about {b} a week later. Neither is the "
    "wrong choice; each is wrong {time} for somebody.",
)

_ABOUT = (
    "{a} {verb} each {noun} {how}, and its {feature} does the same for the {noun2}.",
    "With `{setting}` set, {a} keeps the {noun} close to the {noun2}, which costs {cost}.",
    "A {adj} {team} reported {number} {unit} on {a}, and the {noun} was never the bottleneck.",
    "The {feature} of {a} was written for {number} {unit}; beyond that the {noun} needs care.",
    "What {a} calls a {noun} is a promise about the {noun2}, and it is kept {time}.",
    "Operators of {a} watch the {noun} first, since a slow one delays every {noun2} behind it.",
    "In {a} the {noun} is a setting, not a decision, so a {thing} can change it {time}.",
    "{a} documents how a {noun} moves, down to the order in which it {verb} the {noun2}.",
    "Newcomers to {a} tend to size the {noun} too generously and then wonder about {cost}.",
    "An upgrade of {a} touches the {noun} last, which lets a {team} stop half-way {time}.",
    "The {noun} of {a} survives a lost machine, while the {noun2} is rebuilt {how}.",
    "{a} asks for `{setting}` early, and whoever guesses it wrong finds out {time}.",
    "Its makers measured {number} {unit} for each {noun}, a figure that a {thing} can confirm.",
    "People who leave {a} say that the {noun} grew {how}, and that {cost} followed.",
    "The {feature} {verb} a {noun} twice {time}, which is rare and harmless.",
    "{a} has one {noun} for each {noun2}, so a {thing} stays easy to read.",
)

_BOTH = (
    "Where {a} {verb} the {noun}, {b} leaves it to the {team}, and a {thing} has to decide.",
    "{b} catches up {time}, but {a} is ahead as long as the {noun} fits into {cost}.",
    "Both can be run {how}; only {a} says what it does with a {noun} that arrives late.",
    "A {thing} written for {a} rarely works on {b}, because the {noun} means something else.",
    "The gap between {a} and {b} is widest {time}, and closes once the {noun2} is tuned.",
    "Neither replaces a {thing}: {a} needs one for the {noun}, {b} for the {noun2}.",
)

_SHORTS = (
    "{Verb} each {noun} {how}", "One {noun} for each {noun2}", "Up to {number} {unit}",
    "Needs a {noun} and {cost}", "By the {feature}", "A {noun} that is kept {how}",
    "Only {time}", "The {noun}, not the {noun2}",
)  # fmt: skip

_REASONS = (
    "a {noun} must never be lost {time}",
    "the {team} already runs one of the {kinds}",
    "`{setting}` is a word that your operators know",
    "{number} {unit} are planned, and {cost} is cheap",
    "each {thing} must show where a {noun} came from",
    "the {noun2} changes {how}, and nobody should notice",
)

_VERDICTS = (
    "Choose **{a}** if the {noun} is what you are paid for, and **{b}** if {cost} is scarce.",
    "**{a}** suits the {adj} {team}; **{b}** suits whoever must explain a {noun} {time}.",
    "There is no draw here. {a} wins on the {noun}, {b} wins on the {noun2}, and the {thing} "
    "decides which of them matters.",
)

_QUESTIONS = (
    ("Can {a} and {b} run side by side?", "Yes, for as long as one {noun} has one owner. {ABOUT}"),
    ("How long does a move from {b} to {a} take?", "Plan for {number} weeks. {ABOUT} {BOTH}"),
    ("Is {a} harder to operate than {b}?", "It is, {time}. {ABOUT}"),
    ("Does {b} need a {noun}?", "No, though a {thing} gets easier with one. {BOTH}"),
    ("What do {kinds} cost?", "Mostly {cost}. {ABOUT} {BOTH}"),
    (
        "Which of them would you give to a {adj} {team}?",
        "The one whose {noun} they have met. {BOTH}",
    ),
)

_SECTIONS = (
    (
        "Moving a {noun} from {b} to {a}",
        "{BOTH}\n\n1. Freeze the {noun} of {b} and note `{setting}`.\n"
        "2. Copy each {noun2} {how}, and compare counts.\n"
        "3. Let {a} serve reads for a week, then writes.\n\n{ABOUT}",
    ),
    (
        "A first configuration of {a}",
        "{ABOUT} The following is enough for {number} {unit}.\n\n"
        "```yaml\n{slug}:\n  {setting}: 64\n  mode: careful\n```\n\n{ABOUT}",
    ),
    (
        "What goes wrong with the {noun}",
        "- **Too many of them.** {ABOUT}\n- **Too few of them.** {ABOUT}\n"
        "- **The wrong owner.** {BOTH}",
    ),
)

_CONCLUSIONS = (
    "Try both with your own {thing}. {ABOUT}",
    "A {noun} outlives the tool that made it. {BOTH}",
    "Whichever you take, write down why, for the {adj} {team} that comes after you. {ABOUT}",
)

_TAILS = (": the {noun} decides", " for the {adj} {team}", ", after {number} {unit}")

_ARTICLE = re.compile(r"(?<=\b[Aa]) (?=[aeiou])")
"""The gap after an article that must be `an`."""

_SYLLABLES = tuple(c + v for c in "bdfgklmnprstvz" for v in "aeiou")


class _Words(dict[str, str]):
    """What stands for each name in a sentence: fixed for this article, or drawn anew."""

    def __init__(self, draw: random.Random, kind: Kind, known: dict[str, str]) -> None:
        super().__init__(known, kind=kind.name, kinds=kind.plural, need=kind.need)
        self._draw, self._kind, self._noun = draw, kind, ""

    def __missing__(self, name: str) -> str:
        choice = self._draw.choice
        if name in _WORDS:
            return choice(_WORDS[name])
        if name == "noun":
            self._noun = choice(self._kind.nouns)
            return self._noun
        if name == "noun2":
            return choice([noun for noun in self._kind.nouns if noun != self._noun])
        if name == "Verb":
            return choice(_WORDS["verb"]).capitalize()
        if name == "feature":
            return choice((self["a1"], self["a2"], self["a3"]))
        if name in ("ABOUT", "A_SENTENCE"):
            return choice(_ABOUT).format_map(self)
        if name == "BOTH":
            return choice(_BOTH).format_map(self)
        raise KeyError(name)

    def turned(self) -> "_Words":
        """The same with the two products in each other's place."""
        known = {"slug": self["b"].lower()}
        for i in ("", "1", "2", "3"):
            known |= {"a" + i: self["b" + i], "b" + i: self["a" + i]}
        return _Words(self._draw, self._kind, known)

    def say(self, bank: tuple[str, ...], count: int = 1) -> str:
        """Different sentences of a bank."""
        return " ".join(template.format_map(self) for template in self._draw.sample(bank, count))


def _name(number: int) -> str:
    """A product's or a feature's name, another one for every number below 343,000."""
    mixed = (number * 104_729 + 7) % 70**3
    first, rest = divmod(mixed, 70**2)
    parts = (first, *divmod(rest, 70))
    return "".join(_SYLLABLES[part] for part in parts).capitalize()


@lru_cache(maxsize=4)
def _pairs(group: int) -> tuple[tuple[int, int], ...]:
    """Which products the articles of a group compare."""
    draw = random.Random(f"group {group}")
    pairs = list(itertools.combinations(range(group * PRODUCTS, (group + 1) * PRODUCTS), 2))
    draw.shuffle(pairs)
    return tuple(pairs[:ARTICLES])


def _slug(number: int) -> str:
    one, other = _pairs(number // ARTICLES)[number % ARTICLES]
    return f"{_name(one)}-vs-{_name(other)}".lower()


def page(number: int) -> Page:
    """The article of a number, whatever number there are."""
    group, place = divmod(number, ARTICLES)
    kind = _KINDS[group % len(_KINDS)]
    draw = random.Random(f"article {number}")
    one, other = _pairs(group)[place]
    known = {"a": _name(one), "b": _name(other), "slug": _name(one).lower()}
    for i in (1, 2, 3):
        known[f"a{i}"] = f"{_name(100_000 + 3 * one + i)} engine"
        known[f"b{i}"] = f"{_name(100_000 + 3 * other + i)} engine"
    words = _Words(draw, kind, known)
    return Page(_slug(number), *_written(number, kind, words, draw))


def _written(number: int, kind: Kind, words: _Words, draw: random.Random) -> tuple[str, str]:
    a, b = words["a"], words["b"]
    other = words.turned()
    published = date(2014, 1, 1) + timedelta(days=draw.randrange(3900))
    tail = words.say(_TAILS) if draw.random() < 0.5 else ""
    title = _ARTICLE.sub("n ", f"{a} vs {b}{tail}")
    tags = [kind.tag, *draw.sample([tag for tag in TAGS if tag != kind.tag], 2)]
    links = list(_links(number, draw))
    text = [
        f'title: "{title}"',
        f'description: "{words.say(_BOTH)}"',
        f"published: {published}",
        *([f"updated: {published + timedelta(days=40)}"] if draw.random() < 0.3 else []),
        f"tags: [{', '.join(tags)}]",
        "subjects:",
        *(
            f"  - name: {each['a']}\n    definition: |\n      {each.say(_DEFINITIONS)}"
            for each in (words, other)
        ),
        f"introduction: |\n  {words.say(_INTRODUCTIONS)}",
        f"\n  {links[0]}" if links else "",
        f"differences:\n  lead: |\n    {words.say(_BOTH, 3)}",
        "  criteria:",
        *(_told(name, draw, words, other) for name in draw.sample(_CRITERIA, 4)),
        *(
            f'    - name: {name}\n      values: {{{a}: "{draw.choice(_CELLS[name])}", '
            f'{b}: "{draw.choice(_CELLS[name])}"}}'
            for name in draw.sample(sorted(_CELLS), 3)
        ),
        "sections:",
        *(
            f'  - title: "{heading.format_map(words)}"\n    body: |\n{_block(body.format_map(words))}'
            for heading, body in draw.sample(_SECTIONS, 1)
        ),
        f'verdict:\n  summary: "{words.say(_VERDICTS)}"\n  choose:',
        *(
            f"    {each['a']}:\n"
            + "\n".join(f'      - "{r.format_map(each)}"' for r in draw.sample(_REASONS, 2))
            for each in (words, other)
        ),
        "faq:",
        *(
            f'  - question: "{question.format_map(words)}"\n'
            f"    answer: |\n      {answer.format_map(words)}"
            for question, answer in draw.sample(_QUESTIONS, 2)
        ),
        f"conclusion: |\n  {words.say(_CONCLUSIONS)} {' '.join(links[1:])}".rstrip(),
        "sources:",
        *(
            f'  {name.lower()}: {{title: "{name}: {what}", '
            f'url: "https://{name.lower()}.example/docs/{what.lower().replace(" ", "-")}", '
            f"accessed: {published - timedelta(days=3)}}}"
            for name, what in ((a, "Documentation"), (b, "Operations guide"))
        ),
    ]
    return title, _ARTICLE.sub("n ", "\n".join(line for line in text if line)) + "\n"


def _told(criterion: str, draw: random.Random, *sides: _Words) -> str:
    """A criterion with a text for each product, a cell for most, and sources for some."""
    lines = [f"    - name: {criterion}", "      values:"]
    for words in sides:
        lines += [
            f"        {words['a']}:",
            f"          text: |\n            {words.say(_ABOUT, 2)}",
            f'          short: "{words.say(_SHORTS)}"',
        ]
        if draw.random() < 0.4:
            lines.append(f"          sources: [{words['a'].lower()}]")
    return "\n".join(lines)


def _links(number: int, draw: random.Random) -> Iterator[str]:
    """Sentences with links to earlier articles of the same kind."""
    place = number % ARTICLES
    earlier = draw.sample(range(number - place, number), min(2, place))
    for target, words in zip(earlier, ("For a wider view read {}.", "See also {}."), strict=False):
        slug = _slug(target)
        name = " and ".join(part.capitalize() for part in slug.split("-vs-"))
        yield words.format(f"[{name}]({slug}.yaml)")


def _block(text: str) -> str:
    return "\n".join(f"      {line}" if line else "" for line in text.splitlines())


def pages(count: int) -> Iterator[Page]:
    """The first articles of the catalogue."""
    return map(page, range(count))


def write(root: Path, count: int) -> None:
    """Write a publication of so many articles."""
    articles = root / "content" / "articles"
    articles.mkdir(parents=True, exist_ok=True)
    (root / "content" / "site.yaml").write_text(SITE, encoding="utf-8")
    for made in pages(count):
        (articles / f"{made.slug}.yaml").write_text(made.text, encoding="utf-8")


def main() -> None:
    """Read the command line and write."""
    parser = argparse.ArgumentParser(description="Write a publication of made articles.")
    parser.add_argument("root", type=Path, metavar="DIR")
    parser.add_argument("--articles", type=int, default=1000, metavar="N")
    asked = parser.parse_args()
    write(asked.root, asked.articles)


if __name__ == "__main__":
    main()
