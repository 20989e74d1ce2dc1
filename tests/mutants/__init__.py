"""Every leak that `make mutants` plants."""

from tests.mutants.leaks import LEAKS
from tests.mutants.more import MORE

ALL = (*LEAKS, *MORE)
