"""Time-resolved photoluminescence."""

import math

from analysis.drawing import Drawing
from analysis.technique import Axis, Sign, Technique
from analysis.techniques.shared.readers.edinburgh import EDINBURGH
from analysis.techniques.shared.readers.two_columns import TWO_COLUMNS
from analysis.techniques.trpl.decay import TRPL_DECAY
from analysis.techniques.trpl.drawing import decay, until_it_is_over
from analysis.techniques.trpl.readers.becker_hickl import BECKER_HICKL
from analysis.techniques.trpl.readers.becker_hickl_binary import BECKER_HICKL_BINARY
from analysis.techniques.trpl.readers.picoquant import PICOQUANT
from analysis.techniques.trpl.readers.picoquant_binary import PICOQUANT_BINARY
from analysis.techniques.trpl.readers.picoquant_older import PICOQUANT_OLDER

TRPL = Technique(
    name="trpl",
    title="TRPL",
    noun="a TRPL decay",
    hint="Export the histogram as text (time, counts) and upload that.",
    axes=(
        Axis(
            "time",
            "ns",
            "a time",
            (-math.inf, math.inf),
            rivals=("ps", "us", "ms", "s"),
            sure=(2, 1e5),
        ),
    ),
    ordinate="counts",
    foreign=("absorbance", "transmittance", "voltage", "current", "current_density", "eqe"),
    readers=(
        PICOQUANT_BINARY,
        PICOQUANT_OLDER,
        BECKER_HICKL_BINARY,
        BECKER_HICKL,
        PICOQUANT,
        EDINBURGH,
        TWO_COLUMNS,
    ),
    methods=(TRPL_DECAY,),
    drawing=Drawing(figure=decay, log=True, opened=until_it_is_over),
    in_name=Sign(
        r"trpl|tcspc|decay|lifetime|\.(phd|pt[23]|phu|ptu|hhd|ht[23]|thd|sdt)(\.|$)", turn=20
    ),
    in_text=Sign(
        r"fifo_|sdt setup|spc setup|\[sp_|(?<!integration )(?<!exposure )(?<!dwell )time ?[\[(]?([npuµμ]s)|[npu]s/bin|decay|^pq(histo|tttr)|^(picoharp 300|hydraharp)",
        turn=20,
    ),
)
