"""Files that are only kept: photos, PDF, video, what no technique here can read."""

from analysis.technique import Sign, Technique

_KEPT = r"\.(png|jpe?g|webp|gif|heic|bmp|svg|pdf|docx?|pptx?|xlsx?|odt|mp4|mov|avi|webm|zip|opj|opju|gwy|eln|json)$"

OTHER = Technique(
    name="other",
    title="Other file",
    noun="a file that is only kept",
    hint="It is kept as it came.",
    axes=(),
    readers=(),
    in_name=Sign(_KEPT, turn=5),
    # A crystal structure: nothing here reads it.
    in_text=Sign(r"(?<!\w)(_cell_length_a|_atom_site_)", turn=25),
)
