"""What is done again and again by the one relay, beside the jobs."""

from collections.abc import Callable

# Each is asked every few minutes, in a thread of its own that may take long, and is not asked again before it is
# done. The rooms above add theirs when they start.
BESIDE: list[Callable[[], object]] = []
