"""What to try next: flasks that would teach the most or come out best, each with its reason. Pure: no Django."""

from analysis.suggestions.best import improve
from analysis.suggestions.boundary import find_boundary
from analysis.suggestions.gaps import fill_gap
from analysis.suggestions.repeats import confirm_champion, repeat_disagreeing
from analysis.suggestions.suggestion import GOALS, Made, NothingToSuggest, Suggestion
from analysis.suggestions.value import CauseOfU, Worth, value_of_information

__all__ = [
    "GOALS",
    "CauseOfU",
    "Made",
    "NothingToSuggest",
    "Suggestion",
    "Worth",
    "confirm_champion",
    "fill_gap",
    "find_boundary",
    "improve",
    "repeat_disagreeing",
    "value_of_information",
]
