"""How hypothesis draws: a run repeats the last one to the letter, however slow the machine.

`pytest --hypothesis-profile=explore tests/unit` looks for new cases instead.
"""

from hypothesis import settings


def draw_the_same_every_time() -> None:
    """Call from a conftest. A profile that was asked for on the command line stays."""
    settings.register_profile("repeat", deadline=None, derandomize=True)
    if settings.get_current_profile_name() == "default":
        settings.load_profile("repeat")


settings.register_profile("explore", deadline=None, max_examples=2000)
