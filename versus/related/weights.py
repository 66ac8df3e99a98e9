"""Every number that decides which posts are related: change one here, and run `make bench-related`.

Chosen on collections with known links (two products' documentation, the documentation of Python
libraries, of the cmdlets of a shell, short pages on commands), so that none of them decides alone.
"""

from collections.abc import Mapping

WORDS: Mapping[str, int] = {"title": 3, "subjects": 3}
"""How often a word counts by the field it stands in: once in any other."""

SCORE: Mapping[str, float] = {
    "words": 2.0,
    "mentions": 0.875,
    "subjects": 1.0,
    "criteria": 0.75,
    "tags": 0.5,
}
"""What each kind of likeness adds to a score, each being between 0 and 1 (mentions may pass 1).

`words`: the cosine of the TF-IDF vectors. `mentions`: one names the other's title or subjects,
either way. Then shared subjects, criteria and tags. All are eighths, so that scores are whole
numbers; and a score is the same from both sides.
"""

UNIT = 128
"""The length of a vector as a whole number: so coarse that an edit of one article rarely moves what
others have in common, and fine enough to make no difference to quality."""

TERMS, LARGE, FEW_TERMS = 256, 8192, 64
"""So many of a text's strongest words are kept, and those as strong as the last of them. In a LARGE
collection (of so many documents or more) these are few: nearly all of the meaning, 1 to 4 % less of
nDCG, for half of the time."""

COMMON = 1024
"""A word that more documents have than these, and than an eighth of all, is not compared: it says
little, and the time that words take grows with the square of those that have them."""

POOL = 40
"""Among so many of the best an article's list is chosen."""

SAME_POST = 0.9
"""From this cosine on two posts say the same: a list has only one of them, and `check` tells.

Posts that only share a subject stay below 0.76 (the 99th percentile); a lower limit costs links
that people made.
"""

CAP = 5
"""A post stands in at most so many lists for each place that a list has: in 30 with six places."""

EACH_SIDE = 2
"""How many posts on each of its subjects an article should list, where there are so many."""
