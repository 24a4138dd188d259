"""Current, voltage and luminance of an LED."""

from analysis.drawing import Drawing
from analysis.technique import Axis, Sign, Technique
from analysis.techniques.jvl.calibration import AREA, IRRADIANCE, LUMINANCE
from analysis.techniques.jvl.drawing import WAYS, current_and_light, sweep
from analysis.techniques.jvl.electroluminescence import JVL_FIGURES
from analysis.techniques.shared.readers.sweeps import CURRENTS, DENSITIES, TEXT

JVL = Technique(
    name="jvl",
    title="J-V-L",
    noun="a J-V-L sweep",
    hint="Export the sweep as text with named columns (voltage, current...) and upload that.",
    axes=(Axis("voltage"),),
    names_needed=(
        "The columns of this file have no names, so voltage, current and luminance cannot be told "
        'apart. Put a line such as "Voltage (V)", "Current (A)", "Luminance (cd/m2)" above the numbers.'
    ),
    letters={"a": "current"},
    readers=(TEXT,),
    y_units=(*CURRENTS, *DENSITIES),
    methods=(JVL_FIGURES,),
    scales=(LUMINANCE, AREA, IRRADIANCE),
    drawing=Drawing(figure=sweep, columns=current_and_light, ways=WAYS, log=True),
    in_name=Sign(r"jvl|j-v|iv[_. ]|_jv", turn=30),
    in_text=Sign(r"luminance|cd/m|voltage.{0,60}current|\[v\]|\(v\)", turn=30),
)
