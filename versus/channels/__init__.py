"""Copies for other blogs: each kind of platform says in its own module what it can show.

In: a document. Out: the files that the platform takes, in its own words. `making` makes copies,
`checking` tells before any build what a channel would have to cut.
"""

from versus.channels import (
    astro,
    docusaurus,
    forem,
    ghost,
    hashnode,
    hugo,
    jekyll,
    medium,
    micropub,
    newsletter,
    wordpress,
)
from versus.channels.kind import Kind

KINDS: dict[str, Kind] = {
    "wordpress": wordpress.KIND,
    "forem": forem.KIND,
    "ghost": ghost.KIND,
    "hashnode": hashnode.KIND,
    "hugo": hugo.KIND,
    "jekyll": jekyll.KIND,
    "docusaurus": docusaurus.KIND,
    "astro": astro.KIND,
    "micropub": micropub.KIND,
    "medium": medium.KIND,
    "newsletter": newsletter.KIND,
}
