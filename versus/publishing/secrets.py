"""Secrets: which environment variables a channel's are in, and whether they are set.

In: a channel's name, its platform, the environment. Out: secrets that show themselves to nobody.
"""

from collections.abc import Mapping

from versus import names
from versus.publishing.http import Secret
from versus.publishing.target import Platform


def variable(channel: str, part: str) -> str:
    """The environment variable of a channel's secret, as in `VERSUS_DEVTO_TOKEN`."""
    return f"{names.variable(channel)}_{part}"


def found(
    channel: str, platform: Platform, environment: Mapping[str, str]
) -> tuple[Mapping[str, Secret], tuple[str, ...]]:
    """The secrets that are set, by the last part of their names, and the variables of the rest."""
    known = {part: variable(channel, part) for part in platform.secrets}
    values = {part: environment.get(name, "").strip() for part, name in known.items()}
    missing = tuple(known[part] for part in platform.secrets if not values[part])
    return {part: Secret(value) for part, value in values.items() if value}, missing
