"""WordPress 6.5 with SQLite on PHP's own server, set up anew in a second or two."""

import html
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from servers import processes
from servers.blog import Blog, Post

DATABASE = "database/.ht.sqlite"


@dataclass(frozen=True)
class WordPress(Blog):
    """A running WordPress, for one of its users."""

    passwords: Mapping[str, str]
    """Of applications, by users; each has the name of its role."""

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """Ask as the administrator."""
        who = ("admin", self.passwords["admin"])
        url = f"{self.url}wp-json/wp/v2/{path}"
        found = httpx.request(method, url, auth=who, timeout=60, **options)
        assert found.is_success, found.text
        return found.json()

    def posts(self) -> list[Post]:
        """All posts."""
        query = {"context": "edit", "status": "any,trash", "per_page": 100}
        names = {
            tag["id"]: html.unescape(tag["name"])
            for tag in self.ask("GET", "tags", params={"per_page": 100})
        }
        return [
            Post(
                id=str(post["id"]),
                slug=post["slug"],
                title=post["title"]["raw"],
                state=post["status"],
                body=post["content"]["raw"],
                tags=tuple(names[tag] for tag in post["tags"]),
                date=post["date_gmt"],
            )
            for post in self.ask("GET", "posts", params=query)
        ]

    def write(self, **fields: Any) -> str:
        """Make a post, as the same user."""
        user = self.ask("GET", "users", params={"search": self.secrets["USER"], "context": "edit"})[
            0
        ]["id"]
        return str(self.ask("POST", "posts", json={"author": user, **_named(fields)})["id"])

    def edit(self, number: str, **fields: Any) -> None:
        """Change a post."""
        self.ask("POST", f"posts/{number}", json=_named(fields))

    def remove(self, number: str) -> None:
        """Put a post into the bin."""
        self.ask("DELETE", f"posts/{number}")

    def pictures(self) -> list[str]:
        """The files in the library of media."""
        found = self.ask("GET", "media", params={"per_page": 100})
        return sorted(item["source_url"].rpartition("/")[2] for item in found)

    def clear(self) -> None:
        """Put back the files as they were after the installation: WordPress opens them anew."""
        content = self.folder / "site/wp-content"
        shutil.copy(self.folder / "empty.sqlite", content / DATABASE)
        shutil.rmtree(content / "uploads", ignore_errors=True)


def _named(fields: Mapping[str, Any]) -> dict[str, Any]:
    names = {"body": "content", "state": "status"}
    return {names.get(name, name): value for name, value in fields.items()}


@contextmanager
def running(folder: Path, user: str = "admin") -> Iterator[WordPress]:
    """A WordPress whose files and database are in `folder`."""
    php = shutil.which("php")
    processes.needs(php)
    site, log = folder / "site", folder / "log"
    _unpack(site)
    url = f"http://127.0.0.1:{(port := processes.free_port())}"
    env = {"TEST_SITE_URL": url}
    installed = subprocess.run(
        [str(php), processes.HERE / "php/install.php", site],
        capture_output=True,
        text=True,
        env={**os.environ, **env},
        check=False,
    )
    assert installed.returncode == 0, installed.stderr + installed.stdout
    passwords = json.loads(installed.stdout)
    shutil.copy(site / "wp-content" / DATABASE, folder / "empty.sqlite")
    settings = ["-d", "upload_max_filesize=32M", "-d", "post_max_size=32M"]
    router = str(processes.HERE / "php/router.php")
    command = [str(php), *settings, "-S", f"127.0.0.1:{port}", "-t", str(site), router]
    with processes.running(command, site, log, env) as server:
        processes.await_ready(server, lambda: processes.answers(url), log)
        yield WordPress(
            kind="wordpress",
            url=f"{url}/",
            secrets={"USER": user, "TOKEN": passwords[user]},
            words={"draft": "draft", "scheduled": "future", "published": "publish"},
            folder=folder,
            passwords=passwords,
        )


def _unpack(site: Path) -> None:
    """Copy the files, and put the database's driver to work."""
    shutil.copytree(processes.INSTALLED / "wordpress", site)
    shutil.copy(processes.HERE / "php/wp-config.php", site)
    plugin = site / "wp-content/plugins/sqlite-database-integration"
    driver = (plugin / "db.copy").read_text()
    for name, value in {
        "{SQLITE_IMPLEMENTATION_FOLDER_PATH}": str(plugin),
        "{SQLITE_PLUGIN}": "sqlite-database-integration/load.php",
    }.items():
        driver = driver.replace(name, value)
    (site / "wp-content/db.php").write_text(driver)
