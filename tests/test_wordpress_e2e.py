"""What only WordPress does: roles, its two addresses, and what stands between it and us."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import hostile
import pytest
from browsing import launched, needs_chromium
from conftest import ARTICLE, ROOT, Publication
from lxml import html
from playwright.sync_api import Page
from reading import text
from servers import wordpress
from servers.publisher import Publisher

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def blog(tmp_path_factory: pytest.TempPathFactory) -> Iterator[wordpress.WordPress]:
    """A WordPress."""
    with wordpress.running(tmp_path_factory.mktemp("wordpress")) as found:
        yield found


@pytest.fixture
def publisher(blog: wordpress.WordPress, tmp_path: Path) -> Publisher:
    """A publication with a channel to it."""
    made = Publisher(Publication(tmp_path / "publication"), blog)
    made.channel()
    return made


@contextmanager
def plugin(blog: wordpress.WordPress, code: str) -> Iterator[None]:
    """WordPress with some PHP of ours in it."""
    name = hashlib.sha256(code.encode()).hexdigest()  # PHP keeps code by the names of files
    path = blog.folder / f"site/wp-content/mu-plugins/{name}.php"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"<?php\n{code}\n")
    try:
        yield
    finally:
        path.unlink()


def test_without_pretty_permalinks_the_interface_is_reached_by_a_parameter(
    publisher: Publisher, blog: wordpress.WordPress
) -> None:
    publisher.publication.article("no-permalinks", ARTICLE + "tags: [one, two]\n")
    with plugin(blog, "add_filter('pre_option_permalink_structure', fn() => '');"):
        step = publisher.publish().only()
        assert "?p=" in step["url"]
        assert publisher.publish().actions == ["unchanged"]
    assert set(blog.post("no-permalinks").tags) == {"one", "two"}


def test_what_wordpress_stored_otherwise_is_an_error_though_it_says_201(
    publisher: Publisher, blog: wordpress.WordPress
) -> None:
    publisher.publication.article("meddled-with")
    code = "add_filter('content_save_pre', fn($text) => str_replace('streams', 'rivers', $text));"
    with plugin(blog, code):
        step = publisher.publish(code=3).only()
    assert step["failure"] == "WordPress stored something else: body"
    assert publisher.ledger()["meddled-with"]["id"] == blog.post("meddled-with").id


def test_a_lost_authorization_header_is_told_as_such(
    publisher: Publisher, blog: wordpress.WordPress
) -> None:
    publisher.publication.article("unauthorized")
    with plugin(blog, "unset($_SERVER['PHP_AUTH_USER'], $_SERVER['PHP_AUTH_PW']);"):
        step = publisher.publish(code=3).only()
    assert "401" in step["failure"]
    assert "drops the Authorization header" in step["hint"]


def test_application_passwords_that_are_turned_off_are_told_as_such(
    publisher: Publisher, blog: wordpress.WordPress
) -> None:
    publisher.publication.article("turned-off")
    with plugin(blog, "add_filter('wp_is_application_passwords_available', fn() => false);"):
        step = publisher.publish(code=3).only()
    assert "over https only" in step["hint"]


def test_a_contributor_may_write_drafts_only(
    publisher: Publisher, blog: wordpress.WordPress
) -> None:
    secrets = {"USER": "contributor", "TOKEN": blog.passwords["contributor"]}
    contributor = replace(publisher, blog=replace(blog, secrets=secrets))
    publisher.publication.article("contributed")
    step = contributor.publish(code=3).only()
    assert "may not publish (roles: contributor)" in step["failure"]
    assert "status: draft" in step["hint"]
    contributor.channel("status: draft")
    contributor.publish()
    assert blog.post("contributed").state == "draft"


def test_a_post_of_somebody_else_is_not_overwritten_by_an_author(
    publisher: Publisher, blog: wordpress.WordPress
) -> None:
    publisher.publication.article("of-the-admin")
    publisher.publish()
    secrets = {"USER": "author", "TOKEN": blog.passwords["author"]}
    author = replace(publisher, blog=replace(blog, secrets=secrets))
    publisher.forget()
    assert author.publish().actions == ["adopt"]
    publisher.publication.article("of-the-admin", ARTICLE.replace("Two tools", "Three tools"))
    step = author.publish("--ours", code=3).only()
    assert "not allowed to edit this post" in step["failure"]
    assert [post.slug for post in blog.posts() if "of-the-admin" in post.slug] == ["of-the-admin"]
    assert "Three tools" not in blog.post("of-the-admin").body


def test_scripts_and_styles_do_not_show_on_a_page_that_an_author_published(
    publisher: Publisher, blog: wordpress.WordPress
) -> None:
    secrets = {"USER": "author", "TOKEN": blog.passwords["author"]}
    author = replace(publisher, blog=replace(blog, secrets=secrets))
    words = "  A start.\n\n  <script>let seen = 1</script>\n\n  <style>p {seen: 2}</style>\n\n  An end.\n"
    author.publication.article(
        "scripted", ARTICLE.replace("Two tools for streams.\n", "|\n" + words)
    )
    author.publish()
    page = blog.page("scripted/").text
    assert "An end." in page
    assert "seen" not in page


@pytest.fixture(scope="module")
def editor(blog: wordpress.WordPress) -> Iterator[Page]:
    """The administrator's browser."""
    needs_chromium()
    with launched() as browser:
        context = browser.new_context()
        context.set_default_timeout(180_000)
        context.route(lambda url: not url.startswith(blog.url), lambda route: route.abort())
        page = context.new_page()
        page.goto(f"{blog.url}wp-login.php")
        page.fill("#user_login", "admin")
        page.fill("#user_pass", "a test is no secret")
        page.click("#wp-submit")
        page.wait_for_url("**/wp-admin/**")
        yield page


def test_the_editor_knows_each_block_and_an_edit_in_one_is_a_difference_in_one(
    publisher: Publisher, blog: wordpress.WordPress, editor: Page
) -> None:
    publisher.channel(site=hostile.SITE.partition("channels:")[0])
    picture = (ROOT / "content/assets/mlops-vs-mlops.png").read_bytes()
    publisher.publication.write("content/assets/x.png", picture)
    publisher.publication.article("hostile", hostile.ARTICLE)
    publisher.publication.article("other", hostile.OTHER)
    publisher.settle()
    number = blog.post("hostile").id
    editor.goto(f"{blog.url}wp-admin/post.php?post={number}&action=edit")
    editor.wait_for_function(
        "window.wp?.data?.select('core/block-editor')?.getBlocks().length > 20"
    )
    blocks = editor.evaluate(
        "wp.data.select('core/block-editor').getBlocks().map(one => [one.name, one.isValid])"
    )
    assert all(is_valid for _name, is_valid in blocks)
    known = {"core/paragraph", "core/heading", "core/image", "core/table", "core/code"}
    assert known <= {name for name, _is_valid in blocks}
    editor.evaluate(
        """async () => {
            const edited = wp.data.select('core/block-editor').getBlocks()
                .find(one => one.name === 'core/paragraph')
            wp.data.dispatch('core/block-editor')
                .updateBlockAttributes(edited.clientId, { content: 'Theirs.' })
            await wp.data.dispatch('core/editor').savePost()
        }"""
    )
    assert "Theirs." in blog.post("hostile").body
    step = publisher.publish("hostile", code=3).only()
    assert step["action"] == "conflict"
    changed = [line for line in step["difference"].splitlines() if line[:1] in "+-"][2:]
    assert changed[:2] == ["-<p>Theirs.</p>", "+<p>Soft"]
    assert len(changed) == 3, "the editor wrote all blocks anew, and only one differs"
    publisher.publish("hostile", "--theirs")
    page = html.document_fromstring(blog.page("hostile/").text)
    assert text(page).count("[gallery]") == 3, "still no shortcode that runs"
