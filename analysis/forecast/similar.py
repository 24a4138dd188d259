"""The flasks of the lab that are similar: Gaussian-process classes over inputs as numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.forecast.gaussian import Classifier, learn_classes

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Similar:
    """A classifier with the inputs that it looks at: those that vary, standardised."""

    columns: NDArray[np.intp]
    mean: Floats
    sd: Floats
    classes: Classifier

    def seen(self, x: Floats) -> Floats:
        """Return inputs (n, all) as the classifier sees them, (n, those that vary)."""
        return np.asarray((x[:, self.columns] - self.mean) / self.sd)

    def chances(self, x: Floats) -> Floats:
        """Return P(class), (n, classes)."""
        return self.classes.chances(self.seen(x))

    def draws(self, x: Floats, normal: Floats) -> Floats:
        """Return draws of P(class), (draws, n, classes), from normal deviates (draws, classes)."""
        return self.classes.draws(self.seen(x), normal)

    def arrays(self) -> dict[str, Floats]:
        """Return everything as named arrays, for storage."""
        of = self.classes
        return {
            "columns": self.columns,
            "mean": self.mean,
            "sd": self.sd,
            "centres": of.centres,
            "lengths": of.lengths,
            "amplitude": np.array(of.amplitude),
            "offset": of.offset,
            "weights": of.weights,
            "roots": of.roots,
        }

    @classmethod
    def from_arrays(cls, stored: dict[str, Floats]) -> Similar:
        """Return what `arrays` gave."""
        return cls(
            stored["columns"].astype(np.intp),
            stored["mean"],
            stored["sd"],
            Classifier(
                stored["centres"],
                stored["lengths"],
                float(stored["amplitude"]),
                stored["offset"],
                stored["weights"],
                stored["roots"],
            ),
        )


def learn_similar(
    x: Floats, observed: NDArray[np.intp], classes: int, count: Floats
) -> tuple[Similar, Floats] | None:
    """Return the classifier and P(class) of each row without it; None where no input varies."""
    mean, sd = x.mean(axis=0), x.std(axis=0)
    columns = np.flatnonzero(sd > 1e-6 * np.maximum(1.0, np.abs(mean)))
    if not columns.size:
        return None
    mean, sd = mean[columns], sd[columns]
    found = learn_classes((x[:, columns] - mean) / sd, observed, classes, count)
    return Similar(columns, mean, sd, found.model), found.left_out
