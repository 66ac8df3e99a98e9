"""Pictures for platforms that keep them: sent once for their bytes, and named where they are then."""

import io
from dataclasses import dataclass, field, replace

import blogs
import pytest
from conftest import ARTICLE, Publication
from PIL import Image
from press import Press, press

from versus import ledger, sources
from versus.ledger import Hosted
from versus.publishing import standing, targets
from versus.publishing.http import RefusedError
from versus.publishing.pictures import Picture, hosted, shown
from versus.publishing.target import Copy, Platform, Remote, Target
from versus.publishing.targets import micropub


def png(color: str) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (16, 9), color).save(target, "PNG")
    return target.getvalue()


@dataclass
class Album(Target):
    """A platform that keeps posts and pictures in memory."""

    posts: dict[str, Remote] = field(default_factory=dict)
    uploads: list[Picture] = field(default_factory=list)
    refuses: bool = False

    def find(self, copy: Copy) -> Remote | None:
        return self.posts.get(copy.slug)

    def show(self, remote_id: str) -> Remote | None:
        return self.posts.get(remote_id)

    def create(self, copy: Copy) -> Remote:
        if self.refuses:
            raise RefusedError("not today")
        url = f"https://album.example/{copy.slug}"
        self.posts[copy.slug] = Remote(copy.slug, url, copy.state, dict(copy.content))
        return self.posts[copy.slug]

    def update(self, remote: Remote, copy: Copy) -> Remote:
        self.posts[remote.id] = replace(remote, content=dict(copy.content), state=copy.state)
        return self.posts[remote.id]

    def unpublish(self, remote: Remote) -> Remote | None:
        del self.posts[remote.id]
        return None

    def upload(self, picture: Picture) -> Hosted:
        self.uploads.append(picture)
        return Hosted(str(len(self.uploads)), f"https://album.example/up/{picture.name}")


@pytest.fixture
def album(monkeypatch: pytest.MonkeyPatch) -> Album:
    """An album in the place of Micropub."""
    made = Album()
    platform = Platform(
        name="Album",
        read=micropub.PLATFORM.read,
        connect=lambda place: made,
        secrets=(),
        hosts_pictures=True,
        settle=0.0,
    )
    monkeypatch.setattr(targets, "TARGETS", {**targets.TARGETS, "micropub": platform})
    return made


@pytest.fixture
def x(publication: Publication, album: Album) -> Press:
    """Two articles that show one picture."""
    made = press(publication, blogs.Micropub, "kind: micropub, status: published")
    publication.write("content/assets/x.png", png("white"))
    for slug in "ab":
        text = ARTICLE.replace("Two tools for streams.", '"Two tools. ![A sign](assets/x.png)"')
        publication.article(slug, text.replace("Kafka vs Flink", f"Kafka vs Flink, {slug}"))
    return made


def body(album: Album, slug: str) -> str:
    return str(album.posts[slug].content["body"])


def test_a_picture_is_sent_once_and_the_posts_show_the_platforms_own(
    x: Press, album: Album
) -> None:
    assert not [outcome.failure for outcome in x.publish() if outcome.failed]
    (picture,) = album.uploads
    assert picture.media_type == "image/png"
    assert picture.name == f"x-{picture.digest[:12]}.png"
    for slug in "ab":
        assert f'src="https://album.example/up/{picture.name}"' in body(album, slug)
        assert "https://test.example/assets/" not in body(album, slug)
    assert x.ledger()["a"]["pictures"] == {
        picture.digest: {"id": "1", "url": f"https://album.example/up/{picture.name}"}
    }
    x.publish()
    assert set(x.actions().values()) == {"unchanged"}
    assert len(album.uploads) == 1


def test_a_picture_with_other_bytes_is_a_change_and_sent_anew(x: Press, album: Album) -> None:
    x.publish()
    x.publish()
    x.publication.write("content/assets/x.png", png("black"))
    assert {step.action for step in x.plan()} == {"update"}
    assert {step.changes for step in x.plan()} == {("body",)}
    x.publish()
    assert len(album.uploads) == 2
    assert album.uploads[1].name in body(album, "a")
    assert album.uploads[0].name not in body(album, "a")


def test_a_picture_that_arrived_is_not_sent_again_though_its_post_failed(
    x: Press, album: Album
) -> None:
    album.refuses = True
    assert all(outcome.failed for outcome in x.publish())
    assert len(album.uploads) == 1
    album.refuses = False
    assert not any(outcome.failed for outcome in x.publish())
    assert len(album.uploads) == 1


def test_a_picture_that_arrived_is_no_post(x: Press, album: Album) -> None:
    album.refuses = True
    x.publish()
    records, _faults = ledger.read(sources.read(x.publication.root).ledger)
    assert records["x", "a"].pictures
    assert x.library is not None
    assert {row.state for row in standing.rows(x.library, records)} == {"not there yet"}
    (x.publication.root / "content/articles/a.yaml").unlink()
    assert x.actions() == {"b": "create"}, "nothing of a is there that could be an orphan"
    assert [row.article for row in standing.rows(x.library, records)] == ["b"]


def test_only_pictures_of_the_publication_that_are_there_count(publication: Publication) -> None:
    content = publication.root / "content"
    for name in ("x.png", "a b.png", "notes.pdf", "x.png.bak.png"):
        publication.write(f"content/assets/{name}", png("white"))
    base = "https://test.example/"
    payload = {
        "body": f'<img src="{base}assets/x.png"> ![]({base}assets/a%20b.png) {base}assets/x.png'
        f' <a href="{base}assets/notes.pdf"> {base}assets/gone.png https://other/assets/x.png',
        "list": [f"{base}assets/x.png.bak.png"],
    }
    found = shown(payload, base, content)
    assert [picture.path.name for picture in found] == ["x.png", "a b.png", "x.png.bak.png"]
    known = {picture.url: Hosted("", f"https://h/{n}") for n, picture in enumerate(found)}
    there = hosted(payload, known)
    assert there["list"] == ["https://h/2"]
    assert there["body"].count("https://h/0") == 2
    assert hosted(payload, {}) is payload
