"""Ghost 6 on a MariaDB of its own, set up anew in some seconds."""

import getpass
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from servers import processes

MARIADBD = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
OWNER = {"email": "owner@blog.example", "password": "a test is no secret"}


@dataclass(frozen=True)
class Ghost:
    """A running Ghost: its address with a slash, and the key of its Admin interface."""

    url: str
    key: str
    log: Path


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
            yield Ghost(f"{url}/", _set_up(url), log)


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


def _set_up(url: str) -> str:
    """Make an owner and an integration; its key is what publishing needs."""
    api = f"{url}/ghost/api/admin"
    with httpx.Client(base_url=api, headers={"Origin": url}, timeout=60) as client:
        owner = {"name": "Owner", "blogTitle": "Test Blog", **OWNER}
        client.post("/authentication/setup/", json={"setup": [owner]}).raise_for_status()
        login = {"username": OWNER["email"], "password": OWNER["password"]}
        client.post("/session/", json=login).raise_for_status()
        made = client.post(
            "/integrations/?include=api_keys", json={"integrations": [{"name": "Versus"}]}
        )
        made.raise_for_status()
        keys = made.json()["integrations"][0]["api_keys"]
        return next(str(key["secret"]) for key in keys if key["type"] == "admin")
