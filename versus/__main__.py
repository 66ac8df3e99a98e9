"""`python -m versus` does what `python build.py` does."""

from versus.cli import main

if __name__ == "__main__":
    main()
