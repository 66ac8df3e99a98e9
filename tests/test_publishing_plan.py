"""The plan by itself: what we want, wrote down and see, for every case there is."""

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from versus.channels.kind import State
from versus.ledger import Content, Pending, Record, digests, read, written
from versus.publishing.plan import Choice, Step, decide
from versus.publishing.target import Copy, Remote, default_normal
from versus.sources import Source

OLD: Content = {"title": "A", "body": "one\ntwo", "tags": ("x", "y"), "canonical": "https://t/a/"}
NEW: Content = {**OLD, "body": "one\nthree"}
EDITED: Content = {**OLD, "body": "somebody's"}


def copy(content: Content = OLD, state: State = "published") -> Copy:
    return Copy("a", "a", "A", "https://t/a/", state, content)


def remote(content: Content = OLD, state: State = "published") -> Remote:
    return Remote("7", "https://blog/a", state, content)


def record(sent: Content = OLD, shown: Content = OLD, **more: object) -> Record:
    made = Record(
        "x", "a", id="7", url="https://blog/a", state="published", sent=dig(sent), shown=dig(shown)
    )
    return replace(made, **more)  # type: ignore[arg-type]


def dig(content: Content) -> Mapping[str, str]:
    return digests(default_normal(content))


def pending(content: Content, action: str = "create") -> Pending:
    return Pending("update" if action == "update" else "create", dig(content), "2026-11-24")


def step(c: Copy, r: Record | None, there: Remote | None, choice: Choice = None) -> Step:
    return decide(c, r, there, channel="x", normal=default_normal, choice=choice)


def test_nothing_there_and_nothing_written_down_is_created() -> None:
    assert step(copy(), None, None).action == "create"


def test_the_same_everywhere_is_unchanged() -> None:
    assert step(copy(), record(), remote()).action == "unchanged"


def test_what_changed_here_is_sent_and_named() -> None:
    both: Content = {"title": "B", "body": "z", "tags": ("y",), "canonical": "https://t/b/"}
    found = step(copy(both), record(), remote())
    assert (found.action, found.changes) == ("update", ("title", "body", "tags", "canonical"))


def test_a_part_that_is_new_here_or_gone_is_a_change() -> None:
    assert step(copy({**OLD, "cover": "c"}), record(), remote()).changes == ("cover",)
    fewer = {name: value for name, value in OLD.items() if name != "tags"}
    assert step(copy(fewer), record(), remote()).changes == ("tags",)


def test_an_edit_there_is_a_conflict_though_nothing_changed_here() -> None:
    found = step(copy(), record(), remote(EDITED))
    assert (found.action, found.changes) == ("conflict", ("body",))
    assert found.difference == (
        "--- body, there\n+++ body, ours\n@@ -1 +1,2 @@\n-somebody's\n+one\n+two"
    )


def test_an_edit_there_that_says_what_we_want_is_none() -> None:
    assert step(copy(NEW), record(), remote(NEW)).action == "update"
    found = step(copy(NEW), record(sent=NEW), remote(NEW))
    assert found.action == "unchanged"
    assert found.record is not None
    assert found.record.shown == dig(NEW), "and is what we saw last from now on"


def test_space_at_ends_of_lines_and_the_order_of_tags_are_no_difference() -> None:
    there = {**OLD, "body": "one  \r\ntwo\n\n".replace("\r", ""), "tags": ("y", "x")}
    assert step(copy(), record(), remote(there)).action == "unchanged"


def test_parts_that_the_platform_does_not_tell_are_not_compared() -> None:
    assert step(copy(), record(), remote({"title": "A"})).action == "unchanged"


def test_ours_overwrites_and_theirs_becomes_the_baseline() -> None:
    assert step(copy(), record(), remote(EDITED), "ours").action == "update"
    found = step(copy(), record(), remote(EDITED), "theirs")
    assert found.action == "keep"
    assert found.record is not None
    assert step(copy(), found.record, remote(EDITED)).action == "unchanged"
    assert step(copy(NEW), found.record, remote(EDITED)).action == "update"


def test_a_post_that_arrived_before_the_process_died_is_ours() -> None:
    begun = Record("x", "a", pending=pending(OLD))
    found = step(copy(), begun, remote())
    assert (found.action, found.changes) == ("adopt", ())
    assert step(copy(), begun, None).action == "create"
    assert step(copy(NEW), begun, remote()).action == "update", "the article went on meanwhile"


def test_a_change_that_arrived_before_the_process_died_is_ours() -> None:
    begun = record(pending=pending(NEW, "update"))
    assert step(copy(NEW), begun, remote(NEW)).action == "unchanged"
    assert step(copy(NEW), begun, remote(OLD)).action == "update", "it did not arrive"
    assert step(copy(OLD), begun, remote(NEW)).action == "update"
    assert step(copy(NEW), begun, remote(EDITED)).action == "conflict", "that was somebody else"


def test_states_go_forward_and_never_back_by_themselves() -> None:
    ways: tuple[tuple[State, State, str, State], ...] = (
        ("draft", "draft", "unchanged", "draft"),
        ("draft", "published", "unchanged", "published"),
        ("draft", "scheduled", "unchanged", "scheduled"),
        ("scheduled", "draft", "update", "scheduled"),
        ("scheduled", "published", "unchanged", "published"),
        ("published", "draft", "update", "published"),
        ("published", "scheduled", "update", "published"),
    )
    for wanted, there, action, asked in ways:
        found = step(copy(state=wanted), record(state="draft"), remote(state=there))
        assert (found.action, found.copy and found.copy.state) == (action, asked), (wanted, there)


def test_what_was_taken_back_there_is_a_conflict() -> None:
    found = step(copy(), record(), remote(state="draft"))
    assert (found.action, found.changes) == ("conflict", ("state",))
    ours = step(copy(), record(), remote(state="draft"), "ours")
    assert ours.copy is not None
    assert ours.copy.state == "published"
    theirs = step(copy(state="draft"), record(), remote(state="draft"), "theirs")
    assert theirs.action == "keep"


def test_what_we_took_down_is_put_back_when_its_article_is() -> None:
    down = record(state="unpublished")
    assert step(copy(), down, remote(state="draft")).action == "update"
    assert step(copy(), down, None).action == "create"


def test_what_is_final_is_left_alone() -> None:
    sent = replace(remote(EDITED), final="it is sent")
    found = step(copy(NEW), record(), sent)
    assert (found.action, found.why) == ("unchanged", "it is sent")


contents: st.SearchStrategy[Content] = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from("AB"),
        "body": st.sampled_from(["one", "two", "three"]),
        "tags": st.sampled_from([(), ("x",), ("x", "y")]),
    },
)
states = st.sampled_from(["draft", "scheduled", "published"])
choices = st.sampled_from([None, None, "ours", "theirs"])
records = st.none() | st.builds(
    Record,
    channel=st.just("x"),
    article=st.just("a"),
    id=st.sampled_from(["", "7"]),
    url=st.sampled_from(["", "https://blog/a"]),
    state=st.sampled_from(["", "draft", "published", "removed", "unpublished"]),
    sent=contents.map(dig),
    shown=contents.map(dig),
    pending=st.none() | contents.map(lambda content: pending(content, "update")),
)


@given(contents, states, records, st.none() | st.builds(remote, contents, states), choices)
def test_no_edit_is_ever_overwritten_unasked(
    wanted: Content, state: State, known: Record | None, there: Remote | None, choice: Choice
) -> None:
    """An update overwrites only what we saw last, what we were sending, or what we want."""
    found = step(copy(wanted, state), known, there, choice)
    if there is None:
        assert found.action in ("create", "conflict", "keep", "unchanged")
        return
    assert found.action != "create", "what is there is never made a second time"
    if found.action != "update" or choice == "ours":
        return
    if known is None:
        assert found.changes == ("state",), "it says what we want already"
        return
    seen = dig(there.content)
    sending = known.pending.sent if known.pending else {}
    for name, digest in seen.items():
        may = {known.shown.get(name), sending.get(name), dig(wanted).get(name)}
        is_ours = name not in known.shown or name not in wanted or not known.id
        assert digest in may or is_ours, name


@given(contents, states, records, st.none() | st.builds(remote, contents, states), choices)
def test_a_plan_carried_out_leaves_nothing_to_do(
    wanted: Content, state: State, known: Record | None, there: Remote | None, choice: Choice
) -> None:
    found = step(copy(wanted, state), known, there, choice)
    made = found.copy or copy(wanted, state)
    if found.action in ("create", "update"):
        kept = {**(there.content if there else {}), **made.content}
        there = remote(kept, made.state)
        known = record(sent=made.content, shown=kept, state=made.state)
    else:
        known = found.record if found.record is not None else known
    again = step(copy(wanted, state), known, there)
    if found.action == "conflict":
        assert again.action == "conflict"
    elif found.action == "adopt":
        assert again.action in ("unchanged", "conflict")
    else:
        assert again.action == "unchanged"


@given(st.lists(records.filter(lambda r: r is not None), max_size=1))
def test_a_ledger_that_is_read_again_says_the_same(known: list[Record]) -> None:
    text = written(known)
    found, faults = read(Source("content/ledger.json", text))
    assert not faults
    assert list(found.values()) == known
    assert written(found.values()) == text
