"""A blog as tests meet it: we publish there, and a person writes and edits there by hand."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx


@dataclass(frozen=True)
class Post:
    """A post as its editors see it; `state` is the platform's own word."""

    id: str
    slug: str
    title: str
    state: str
    body: str
    tags: tuple[str, ...]
    date: str


@dataclass(frozen=True)
class Blog(ABC):
    """A running blog. What it can do by hand shares no code with how we publish."""

    kind: str
    url: str
    """With a slash at its end."""
    secrets: Mapping[str, str]
    """What publishing is told, by the last part of variables' names."""
    words: Mapping[str, str]
    """The platform's words for `draft`, `scheduled` and `published`."""
    folder: Path
    """Where its files are; its servers' words are in `log`."""

    @abstractmethod
    def posts(self) -> list[Post]:
        """All posts, also drafts, and those in the bin."""

    @abstractmethod
    def write(self, **fields: Any) -> str:
        """Make a post by hand: `title`, `slug`, `body`; its number."""

    @abstractmethod
    def edit(self, number: str, **fields: Any) -> None:
        """Change a post by hand: `title`, `body`, `slug`, `state`."""

    @abstractmethod
    def remove(self, number: str) -> None:
        """Put a post into the bin, or delete it where there is none."""

    @abstractmethod
    def pictures(self) -> list[str]:
        """The names of all picture files that were uploaded."""

    @abstractmethod
    def clear(self) -> None:
        """Delete all posts, tags and pictures."""

    def post(self, slug: str) -> Post:
        """The one post with this slug."""
        found = [post for post in self.posts() if post.slug == slug]
        assert len(found) == 1, [post.slug for post in self.posts()]
        return found[0]

    def page(self, path: str) -> httpx.Response:
        """A page as readers get it."""
        return httpx.get(f"{self.url}{path}", timeout=60, follow_redirects=True)
