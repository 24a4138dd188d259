"""Space-charge-limited current of hole-only and electron-only devices."""

from analysis.drawing import Drawing
from analysis.technique import Axis, Sign, Technique
from analysis.techniques.sclc.drawing import columns, double_log
from analysis.techniques.sclc.sclc import SCLC_FIGURES
from analysis.techniques.shared.readers.sweeps import CURRENTS, DENSITIES, TEXT

SCLC = Technique(
    name="sclc",
    title="SCLC",
    noun="a J-V of a single-carrier device",
    hint="Export the dark sweep as text with named columns (voltage, current...) and upload that.",
    axes=(Axis("voltage"),),
    names_needed=(
        "The columns of this file have no names, so voltage and current cannot be told apart. Put a line such as "
        '"Voltage (V)", "Current (A)" above the numbers.'
    ),
    letters={"a": "current"},
    readers=(TEXT,),
    y_units=(*CURRENTS, *DENSITIES),
    methods=(SCLC_FIGURES,),
    drawing=Drawing(figure=double_log, columns=columns, log=True),
    in_name=Sign(r"sclc|(hole|electron)[-_ ]?only|(^|[_\W])[he]od([_\W]|\d|$)", turn=13),
)
