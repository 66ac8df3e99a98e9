"""The commands for writers: `new`, `translate`, `related`, `schema`."""

from pathlib import Path

import click

from versus.cli import options, telling

SCHEMAS = ("article", "translation", "site", "posts")


@click.command()
@click.argument("title")
@options.root
def new(title: str, root: Path) -> int:
    """Write a commented article to start from, as in `new "Kafka vs Flink"`."""
    from pydantic_core import PydanticCustomError

    from versus import scaffold, sources
    from versus.fields import check_slug
    from versus.yamltext import forbidden

    title, now = " ".join(title.split()), options.now()
    if not title:
        raise click.UsageError("the title is empty")
    character = forbidden(title)
    if character is not None:
        raise click.UsageError(f"the title holds U+{ord(character):04X}: remove it")
    try:
        slug = check_slug(scaffold.slug(title))
    except PydanticCustomError as error:
        raise click.UsageError(f"{error.message()}: choose another title") from None
    if not (root / sources.SITE).is_file():
        return telling.fail([sources.no_publication()], options.request(root, None, {}), None)
    path = root / sources.ARTICLES / f"{slug}.yaml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(scaffold.article(title, now.date()))
    except FileExistsError:
        click.echo(f"{telling.shown(path)} is there already; nothing was changed", err=True)
        return telling.FAILED
    except OSError as error:
        return telling.cannot_write(error)
    click.echo(f"Wrote {telling.shown(path)}, a draft: `python build.py --drafts {slug}` builds it")
    return telling.DONE


@click.command()
@click.argument("article")
@click.argument("language")
@click.option("--accept", is_flag=True, help="Call every translation there is up to date.")
@options.root
def translate(article: str, language: str, root: Path, *, accept: bool) -> int:
    """Write or refresh the overlay that translates an article: `translate kafka-vs-flink fr`."""
    from versus import pipeline
    from versus.diagnostics import VersusError
    from versus.scope import UnknownNameError

    request = options.request(root, None, {})
    try:
        path, draft = pipeline.translate(request, article, language, accept=accept)
    except UnknownNameError as error:
        raise click.UsageError(str(error)) from None
    except VersusError as error:
        return telling.fail(error.diagnostics, request, None)
    except OSError as error:
        return telling.cannot_write(error)
    for word, fields in (("changed", draft.changed), ("to translate", draft.untranslated)):
        for field in fields:
            click.echo(f"{word}: {field}")
    done, total = len(draft.translated), len(draft.translated) + len(draft.untranslated)
    click.echo(f"Wrote {telling.shown(path)}: {done} of {telling.count(total, 'field')} translated")
    if draft.changed:
        click.echo("When the changed ones are right again, run it with --accept")
    return telling.DONE


@click.command()
@click.argument("article")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--drafts", is_flag=True, help="Include drafts.")
@click.option("--future", is_flag=True, help="Include scheduled articles.")
@options.root
def related(article: str, root: Path, *, as_json: bool, **asked: bool) -> int:
    """Show an article's related posts, with scores and the reasons for each."""
    from versus import pipeline
    from versus.diagnostics import VersusError
    from versus.scope import UnknownNameError

    request = options.request(root, None, asked, articles=(article,), jobs=options.cpus())
    try:
        found = pipeline.related(request, *request.articles)
    except UnknownNameError as error:
        raise click.UsageError(str(error)) from None
    except VersusError as error:
        return telling.fail(error.diagnostics, request, None)
    if as_json:
        import json
        from dataclasses import asdict

        rows = [{"title": post.title, **asdict(pick)} for post, pick in found]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return telling.DONE
    for place, (post, pick) in enumerate(found, 1):
        click.echo(f"{place}. {pick.score:.2f}  {post.title} ({post.key})")
        click.echo(f"   {'; '.join(pick.reasons)}")
    if not found:
        click.echo("It lists no posts")
    return telling.DONE


@click.command()
@click.argument("kind", type=click.Choice(SCHEMAS), default="article")
def schema(kind: str) -> int:
    """Print the JSON Schema of a content file, for editors."""
    import json

    from versus.schema import json_schema

    click.echo(json.dumps(json_schema(kind), ensure_ascii=False, indent=2))
    return telling.DONE
