"""Bring the catalogues of templates' words up to the templates: `python scripts/catalogues.py`.

Every message of the templates and of the code is looked for; each `templates/locale/*.po` gets the
new ones, empty, and loses those that are gone. What is left to translate is printed.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from versus import sections

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "templates" / "locale"
METHODS = [("**.html", "jinja2"), ("**.md", "jinja2"), ("**.xml", "jinja2"), ("**.txt", "jinja2")]


def messages() -> Catalog:
    """Every message in templates and code, with where it stands."""
    found = Catalog(project="Versus", charset="utf-8", fuzzy=False)
    options = {"**": {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}}
    groups = (
        ("templates", extract_from_dir(str(ROOT / "templates"), METHODS, options)),
        ("versus", extract_from_dir(str(ROOT / "versus"), [("**.py", "python")])),
    )
    for folder, extracted in groups:
        for path, _line, message, _comments, context in extracted:
            found.add(message, locations=[(f"{folder}/{path}", None)], context=context)  # type: ignore[list-item]
    for heading in sections.HEADINGS.values():
        found.add(heading, locations=[("versus/sections.py", None)])  # type: ignore[list-item]
    return found


def updated(path: Path, template: Catalog) -> Catalog:
    """A language's catalogue with exactly the messages that there are."""
    known = read_po(io.BytesIO(path.read_bytes())) if path.read_text().strip() else Catalog()
    fresh = Catalog(path.stem.replace("-", "_"), project="Versus", charset="utf-8", fuzzy=False)
    for message in sorted(template, key=lambda m: str(m.id)):
        if message.id:
            old = known.get(message.id, message.context)
            said = old.string if old is not None and not old.fuzzy else None
            fresh.add(
                message.id,
                said,
                locations=sorted(message.locations),
                context=message.context,
            )
    return fresh


def written(catalogue: Catalog) -> bytes:
    """A catalogue as a `.po` file, the same bytes on every day."""
    out = io.BytesIO()
    write_po(out, catalogue, width=96, omit_header=True)
    tag = str(catalogue.locale).replace("_", "-")
    head = (
        'msgid ""\nmsgstr ""\n'
        f'"Language: {tag}\\n"\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    )
    return head.encode() + out.getvalue()


def main() -> None:
    """Update every catalogue and print what is left to translate."""
    template = messages()
    for path in sorted(FOLDER.glob("*.po")):
        catalogue = updated(path, template)
        path.write_bytes(written(catalogue).rstrip() + b"\n")
        empty = [m.id for m in catalogue if m.id and not all(_said(m.string))]
        print(f"{path.name}: {len(catalogue)} messages, {len(empty)} to translate")
        for message in empty:
            print(f"  {message}")


def _said(string: object) -> tuple[object, ...]:
    return string if isinstance(string, tuple) else (string,)


if __name__ == "__main__":
    main()
