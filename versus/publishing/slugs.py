"""Slugs as platforms write them, each in a form of its own.

In: the slug that was asked for, and the one that was given. Out: whether somebody else has it.
"""

import re
import unicodedata


def is_numbered(wanted: str, given: str) -> bool:
    """Whether a platform has set a number behind a slug, since another post has it.

    What else differs is the platform's form of it: WordPress and Ghost write `node.js` as
    `node-js`, `Kafka` as `kafka` and `café` as `cafe`, and Ghost spells out other scripts.
    Sources: WordPress, `sanitize_title` and `wp_unique_post_slug`; Ghost, `generate-slug.js` and
    `@tryghost/string`.
    """
    behind = _numbers(given)
    return bool(behind) and behind != _numbers(wanted)


def _numbers(slug: str) -> list[int]:
    """The numbers at the end of a slug."""
    plain = re.sub(r"[.~-]+", "-", unicodedata.normalize("NFKC", slug))
    found = re.search(r"(?:-\d+)+$", plain)
    return [int(number) for number in re.findall(r"\d+", found[0])] if found else []
