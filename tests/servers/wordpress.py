"""WordPress 6.5 with SQLite on PHP's own server, set up anew in a second or two."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from servers import processes


@dataclass(frozen=True)
class WordPress:
    """A running WordPress: its address with a slash, and `user:password` by role."""

    url: str
    users: dict[str, str]
    log: Path


@contextmanager
def running(folder: Path) -> Iterator[WordPress]:
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
    users = {name: f"{name}:{secret}" for name, secret in json.loads(installed.stdout).items()}
    settings = ["-d", "upload_max_filesize=32M", "-d", "post_max_size=32M"]
    router = str(processes.HERE / "php/router.php")
    command = [str(php), *settings, "-S", f"127.0.0.1:{port}", "-t", str(site), router]
    with processes.running(command, site, log, env) as server:
        processes.await_ready(server, lambda: processes.answers(url), log)
        yield WordPress(f"{url}/", users, log)


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
