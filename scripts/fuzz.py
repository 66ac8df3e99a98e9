"""Coverage-guided fuzzing with atheris: `make fuzz`, or `fuzz.py SECONDS [TARGET]...`.

What breaks a promise of tests/fuzzing.py is kept as tests/fuzz/TARGET-DIGEST, and is a test from
then on.
"""

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "tests/fuzz"
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]


def seeds(target: str, folder: Path) -> None:
    """What to start from: broken files for the loader, hostile HTML and words for the others."""
    from strategies import MARKS, NASTY
    from test_safety import GLUE, PAYLOADS

    texts = [*PAYLOADS, *NASTY, *GLUE, *MARKS]
    pieces = [text.encode() for text in texts]
    if target == "loader":
        pieces = [path.read_bytes() for path in sorted(ROOT.glob("tests/sites/broken/*.yaml"))]
        pieces += [
            path.read_bytes()[:2000] for path in sorted(ROOT.glob("content/articles/*.yaml"))
        ]
    for number, piece in enumerate(pieces):
        (folder / str(number)).write_bytes(piece)


def one(target: str, seconds: int, folder: Path) -> None:
    """Fuzz one target in this process; atheris ends it."""
    import atheris

    with atheris.instrument_imports(include=["versus", "yaml", "markdown_it"]):
        import fuzzing
    arguments = [sys.argv[0], str(folder), f"-max_total_time={seconds}", "-max_len=600"]
    arguments += [
        f"-artifact_prefix={folder.parent}/found-",
        "-print_final_stats=1",
        "-close_fd_mask=0",
    ]
    atheris.Setup(arguments, fuzzing.TARGETS[target])
    atheris.Fuzz()


def main() -> int:
    """Fuzz each target for its share of the time; keep what was found; say how much was tried."""
    if sys.argv[1] == "--one":
        one(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
    seconds, names = int(sys.argv[1]), sys.argv[2:] or ["loader", "escapes", "fields"]
    tried, kept = 0, 0
    for name in names:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary) / "corpus"
            folder.mkdir()
            seeds(name, folder)
            command = [
                sys.executable,
                __file__,
                "--one",
                name,
                str(seconds // len(names)),
                str(folder),
            ]
            done = subprocess.run(command, stderr=subprocess.PIPE, text=True, check=False)
            said = [line for line in done.stderr.splitlines() if "number_of_executed_units" in line]
            tried += int(said[0].split()[-1]) if said else 0
            for case in Path(temporary).glob("found-*"):
                data = case.read_bytes()
                target = KEPT / f"{name}-{hashlib.sha256(data).hexdigest()[:12]}"
                target.write_bytes(data)
                print(f"{name}: kept {target.relative_to(ROOT)}\n{done.stderr[-3000:]}")
                kept += 1
            print(f"{name}: {said[0].split()[-1] if said else '?'} inputs")
    print(f"{tried:,} inputs tried, {kept} broke a promise")
    return 1 if kept else 0


if __name__ == "__main__":
    sys.exit(main())
