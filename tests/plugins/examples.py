"""How many examples hypothesis tries: a few each day, many with HYPOTHESIS_PROFILE=full."""

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
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))
