"""Ghost 6 on a MariaDB of its own, set up anew in some seconds."""

import getpass
import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from servers import processes
from servers.blog import Blog, Post

MARIADBD = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
OWNER = {"email": "owner@blog.example", "password": "a test is no secret"}


@dataclass(frozen=True)
class Ghost(Blog):
    """A running Ghost, its owner signed in."""

    owner: httpx.Client

    def ask(self, method: str, path: str, **options: Any) -> Any:
        """Ask as the owner."""
        found = self.owner.request(method, path, **options)
        assert found.is_success, found.text
        return found.json() if found.content else None

    def posts(self) -> list[Post]:
        """All posts."""
        return [
            Post(
                id=post["id"],
                slug=post["slug"],
                title=post["title"],
                state=post["status"],
                body=_html(post["lexical"]),
                tags=tuple(tag["name"] for tag in post["tags"]),
                date=post["published_at"] or "",
            )
            for post in self.ask("GET", "/posts/?limit=100")["posts"]
        ]

    def write(self, **fields: Any) -> str:
        """Make a post."""
        made = self.ask("POST", "/posts/", json={"posts": [_named(fields)]})
        return str(made["posts"][0]["id"])

    def edit(self, number: str, **fields: Any) -> None:
        """Change a post."""
        post = self.ask("GET", f"/posts/{number}/")["posts"][0]
        changed = {**_named(fields), "updated_at": post["updated_at"]}
        self.ask("PUT", f"/posts/{number}/", json={"posts": [changed]})

    def remove(self, number: str) -> None:
        """Delete a post for good."""
        self.ask("DELETE", f"/posts/{number}/")

    def pictures(self) -> list[str]:
        """The files of uploaded pictures, without the smaller ones made of them."""
        images = self.folder / "content/images"
        found = (p for p in images.rglob("*.*") if "size" not in p.parts and p.suffix != ".md")
        return sorted(path.name for path in found if not path.stem.endswith("_o"))

    def clear(self) -> None:
        """Delete everything."""
        for kind in ("posts", "tags"):
            for item in self.ask("GET", f"/{kind}/?limit=100&fields=id")[kind]:
                self.ask("DELETE", f"/{kind}/{item['id']}/")
        for path in (self.folder / "content/images").rglob("*.png"):
            path.unlink()


def _named(fields: Mapping[str, Any]) -> dict[str, Any]:
    names = {"state": "status"}
    given = {names.get(name, name): value for name, value in fields.items()}
    if "body" in given:
        card = {"type": "html", "version": 1, "html": given.pop("body")}
        root = {"type": "root", "version": 1, "children": [card]}
        given["lexical"] = json.dumps({"root": root})
    return given


def _html(lexical: str) -> str:
    cards = json.loads(lexical)["root"]["children"] if lexical else []
    return "".join(card.get("html", "") for card in cards)


@contextmanager
def running(folder: Path) -> Iterator[Ghost]:
    """A Ghost whose files and database are in `folder`."""
    install_db = shutil.which("mariadb-install-db")
    node = next(iter(processes.HERE.glob("node_modules/node-linux-*/bin/node")), None)
    processes.needs(install_db, MARIADBD, node)
    log, content = folder / "log", folder / "content"
    shutil.copytree(processes.INSTALLED / "ghost/content", content)
    url = f"http://127.0.0.1:{(port := processes.free_port())}"
    with _database(folder, str(install_db), log) as socket:
        env = {
            "NODE_ENV": "production",
            "url": url,
            "server__port": str(port),
            "database__client": "mysql",
            "database__connection__socketPath": str(socket),
            "database__connection__user": "root",
            "database__connection__database": "ghost",
            "paths__contentPath": str(content),
            "logging__transports": '["stdout"]',
            "logging__level": "error",
            "security__staffDeviceVerification": "false",
            "privacy__useUpdateCheck": "false",
            "privacy__useGravatar": "false",
            "privacy__useRpcPing": "false",
            "privacy__useStructuredData": "true",
            "mail__transport": "stub",
        }
        command, root = [str(node), "index.js"], processes.INSTALLED / "ghost"
        with processes.running(command, root, log, env) as ghost:
            processes.await_ready(ghost, lambda: processes.answers(url), log)
            with httpx.Client(
                base_url=f"{url}/ghost/api/admin", headers={"Origin": url}, timeout=60
            ) as owner:
                yield Ghost(
                    kind="ghost",
                    url=f"{url}/",
                    secrets={"TOKEN": _set_up(owner)},
                    words={name: name for name in ("draft", "scheduled", "published")},
                    folder=folder,
                    owner=owner,
                )


@contextmanager
def _database(folder: Path, install_db: str, log: Path) -> Iterator[Path]:
    """A MariaDB that listens on a socket only, and trades safety of its files for speed."""
    data = folder / "data"
    # A socket's path has about a hundred characters at most, and folders of tests are longer.
    short = Path(tempfile.mkdtemp(prefix="versus-"))
    socket = short / "db"
    common = ["--no-defaults", f"--datadir={data}", f"--user={getpass.getuser()}"]
    install = [install_db, *common, "--auth-root-authentication-method=normal", "--skip-test-db"]
    with processes.running(install, folder, log) as installing:
        assert installing.wait(60) == 0, log.read_text()
    fast = ["--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", "--skip-log-bin"]
    command = [MARIADBD, *common, f"--socket={socket}", "--skip-networking", *fast]
    try:
        with processes.running(command, folder, log) as database:
            processes.await_ready(database, socket.exists, log)
            client = [shutil.which("mariadb") or "mariadb", "--no-defaults", f"--socket={socket}"]
            make = "CREATE DATABASE ghost CHARACTER SET utf8mb4"
            with processes.running([*client, "--user=root", f"--execute={make}"], folder, log) as c:
                assert c.wait(60) == 0, log.read_text()
            yield socket
    finally:
        shutil.rmtree(short)


def _set_up(client: httpx.Client) -> str:
    """Make an owner and an integration, whose key is what publishing needs."""
    owner = {"name": "Owner", "blogTitle": "Test Blog", **OWNER}
    client.post("/authentication/setup/", json={"setup": [owner]}).raise_for_status()
    login = {"username": OWNER["email"], "password": OWNER["password"]}
    client.post("/session/", json=login).raise_for_status()
    named = {"integrations": [{"name": "Versus"}]}
    made = client.post("/integrations/?include=api_keys", json=named)
    made.raise_for_status()
    keys = made.json()["integrations"][0]["api_keys"]
    return next(str(key["secret"]) for key in keys if key["type"] == "admin")
