"""What to try next: flasks that would teach the most or come out best, each with its reason. Pure: no Django."""

from analysis.suggestions.boundary import find_boundary
from analysis.suggestions.best import improve
from analysis.suggestions.gaps import fill_gap
from analysis.suggestions.repeats import confirm_champion, repeat_disagreeing
from analysis.suggestions.suggestion import GOALS, Made, NothingToSuggest, Suggestion

__all__ = [
    "GOALS",
    "Made",
    "NothingToSuggest",
    "Suggestion",
    "confirm_champion",
    "fill_gap",
    "find_boundary",
    "improve",
    "repeat_disagreeing",
]
