"""The commands. Reading options, telling results, choosing exit codes: all else is elsewhere.

Only Click is imported up here: `--help` answers at once, and each command imports what it uses.
"""

import gc
import os
import sys
from io import TextIOWrapper
from pathlib import Path

import click

from versus import __version__
from versus.cli.building import build, check, clean, merge
from versus.cli.group import Commands
from versus.cli.publishing import publish, status
from versus.cli.telling import DONE, INTERRUPTED, cannot_write
from versus.cli.writing import new, related, schema, translate

COMMANDS = (build, merge, check, new, related, translate, publish, status, schema, clean)


@click.group(cls=Commands, context_settings={"help_option_names": ["--help"]})
@click.version_option(__version__, prog_name="versus")
def cli() -> None:
    """Versus publishes comparison articles as HTML, Markdown and PDF.

    Without a command it builds: `python build.py --format pdf`, `python build.py kafka-vs-flink`.
    """


for _command in COMMANDS:
    cli.add_command(_command)


def main(args: list[str] | None = None) -> None:
    """Run a command and exit with its code: the one place that maps outcomes to codes."""
    # Pydantic would look through all installed packages for some that change how it validates.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # NumPy would start threads for linear algebra, of which there is none: they wait busily.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="backslashreplace")  # A title may hold what it cannot say.
    try:
        code = cli.main(args, prog_name=_program(), standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted", err=True)
        code = INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has enough; nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = DONE
    except OSError as error:
        code = cannot_write(error)
    gc.freeze()  # Python need not look for garbage before it throws everything away.
    sys.exit(code)


def _program() -> str:
    name = Path(sys.argv[0]).name
    return "python build.py" if name in ("build.py", "__main__.py") else name
