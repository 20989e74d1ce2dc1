"""How many examples are tried: a few each day, many with HYPOTHESIS_PROFILE=full."""

import functools
import os

from hypothesis import HealthCheck, settings

# Without a deadline: a busy machine is no finding. Derandomised: the same commit gives the same
# answer, and `make test-full` is where new examples are looked for.
settings.register_profile(
    "usual",
    deadline=None,
    derandomize=True,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("full", deadline=None, max_examples=1000, print_blob=True)
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "usual")
settings.load_profile(PROFILE)


def for_seeds(many):
    """Let one test try that many seeds, a fifth of them each day, and say which one it failed on.

    As many items of pytest would cost more than what they try.
    """

    def decorate(test):
        def every_seed():
            for seed in range(many if PROFILE == "full" else many // 5):
                try:
                    test(seed)
                except BaseException as failed:
                    failed.add_note(f"with seed {seed}")
                    raise

        functools.update_wrapper(every_seed, test)
        del every_seed.__wrapped__  # pytest would look for a fixture named seed
        return every_seed

    return decorate
