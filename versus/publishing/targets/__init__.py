"""The platforms that publishing reaches, one small module each.

A kind of channel that is not here has no interface to publish through, and is done by hand.
"""

from collections.abc import Mapping

from versus.model import Channel
from versus.publishing.target import Platform
from versus.publishing.targets import buttondown, forem, ghost, git, hashnode, micropub, wordpress

TARGETS: Mapping[str, Platform] = {
    "wordpress": wordpress.PLATFORM,
    "forem": forem.PLATFORM,
    "ghost": ghost.PLATFORM,
    "hashnode": hashnode.PLATFORM,
    "hugo": git.PLATFORM,
    "jekyll": git.PLATFORM,
    "docusaurus": git.PLATFORM,
    "astro": git.PLATFORM,
    "micropub": micropub.PLATFORM,
    "newsletter": buttondown.PLATFORM,
}


def platform_of(channel: Channel) -> Platform | None:
    """What a channel is published through; None where its copies are taken there by hand."""
    platform = TARGETS.get(channel.kind)
    if platform is None or not channel.publish:
        return None
    is_chosen = not platform.chosen_by or getattr(channel, platform.chosen_by)
    return platform if is_chosen else None
