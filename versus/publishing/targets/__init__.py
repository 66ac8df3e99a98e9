"""The platforms that publishing reaches, one small module each.

A kind of channel that is not here has no interface to publish through, and is done by hand.
"""

from collections.abc import Mapping

from versus.publishing.target import Platform
from versus.publishing.targets import ghost, wordpress

TARGETS: Mapping[str, Platform] = {
    "wordpress": wordpress.PLATFORM,
    "ghost": ghost.PLATFORM,
}
