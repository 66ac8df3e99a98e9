"""Every number that decides which posts are related: change one here, and run `make bench-related`.

Chosen on three collections with known links (a product's documentation, the documentation of
Python libraries, short pages on commands), so that none of them decides alone.
"""

from collections.abc import Mapping

WORDS: Mapping[str, int] = {"title": 3, "subjects": 3, "excerpt": 1, "text": 1}
"""How often a word counts by the field it stands in."""

SCORE: Mapping[str, float] = {
    "words": 2.0,
    "names": 1.0,
    "named": 0.75,
    "subjects": 1.0,
    "criteria": 0.75,
    "tags": 0.5,
}
"""What each kind of likeness adds to a score, each being between 0 and 1 (mentions may pass 1).

`words`: the cosine of the TF-IDF vectors. `names`: the article names the other's title or
subjects; `named`: the other way round. Then shared subjects, criteria and tags.
"""

TERMS = 64
"""So many of a text's strongest words are kept: nearly all of the meaning for half of the time."""

POOL = 40
"""Among so many of the best an article's list is chosen."""

DIVERSITY = 10
"""How many percent of a choice are about being unlike what is listed (MMR with lambda 0.9)."""

SAME_POST = 0.98
"""From this cosine on two posts are one for a reader: a list has only one of them."""

CAP = 5
"""A post stands in at most so many lists for each place that a list has: in 30 with six places."""

EACH_SIDE = 2
"""How many posts on each of its subjects an article should list, where there are so many."""
