"""The stylesheets keep their promises: contrast, one place for colours, no borrowed file changed."""

import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest

from labnotebook.records.presentation.labels import SIZES

ROOT = Path(__file__).resolve().parents[3]
STATIC = ROOT / "labnotebook" / "static"
CSS = STATIC / "notebook" / "css"
TOKENS = (CSS / "tokens.css").read_text(encoding="utf-8")
MODULES = STATIC / "notebook" / "js"


def values(block):
    return dict(re.findall(r"--([\w-]+):(#[0-9A-Fa-f]{3,6})", block))


def scheme(name):
    if name == "light":
        return values(TOKENS.partition("@media")[0])
    return values(re.search(r":root\[data-theme=dark\]\{(.*?)\n\}", TOKENS, re.S)[1])


def luminance(colour):
    digits = colour.lstrip("#")
    digits = digits if len(digits) == 6 else "".join(c * 2 for c in digits)
    channels = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    """WCAG 2.2 contrast ratio."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


TEXT = [
    *((ink, ground) for ink in ("ink", "ink2", "ink3") for ground in ("bg", "surface", "sunken")),
    *((kind, ground) for kind in ("ok", "warn", "bad") for ground in (f"{kind}-bg", "surface")),
    ("accent", "surface"), ("accent", "bg"), ("accent", "accent-bg"), ("accent-ink", "accent"),
    ("go-ink", "go"), ("hot-ink", "hot"),
]  # fmt: skip


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_is_readable_on_its_ground(name, ink, ground):
    tokens = scheme(name)
    assert contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize("mark", ["alpha", "beta", "gamma", "delta", "mixed", "failed", "control"])
def test_marks_and_borders_stand_out_from_the_card(name, mark):
    tokens = scheme(name)
    assert contrast(tokens[mark], tokens["surface"]) >= 3


def test_both_places_of_the_dark_scheme_agree():
    followed = re.search(r":root:not\(\[data-theme=light\]\)\{(.*?)\n\}\}", TOKENS, re.S)[1]
    assert values(followed) == scheme("dark")


@pytest.mark.parametrize("path", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_only_the_tokens_name_a_colour(path):
    if path.name != "tokens.css":
        assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b", path.read_text(encoding="utf-8"))


def test_styles_and_scripts_stay_within_their_weight():
    own = {
        "bench.css",
        "compare.css",
        "editor.css",
        "explore.css",
        "help.css",
        "runs.css",
        "recipe-editor.js",
    }  # of one page each, loaded there alone
    own |= {"paper.css", "sheet.css", "report.css", "label.css"}
    own |= {f"label-{size}.css" for size in SIZES}
    page = [path for path in CSS.glob("*.css") if path.name not in own]
    styles = sum(len(gzip.compress(path.read_bytes(), 9)) for path in page)
    modules = [path for path in MODULES.glob("*.js") if path.name not in own]
    scripts = sum(len(gzip.compress(path.read_bytes(), 9)) for path in modules)
    assert styles <= 15_000
    assert scripts <= 6_000  # with htmx of 16.6 kB a page without charts stays below 23 kB


@pytest.mark.parametrize(
    "path",
    sorted((ROOT / "labnotebook" / "templates").rglob("*.html")),
    ids=lambda path: "/".join(path.parts[-2:]),
)
def test_no_template_needs_more_than_the_strict_policy_allows(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=[\"']|javascript:|\|safe\b", text)
    scripts = re.findall(r"<script[^>]*>", text)  # those of JSON are data, which nobody runs
    assert all("src=" in tag or 'type="application/json"' in tag for tag in scripts)
    assert not re.search(r"(?:src|href)=[\"']https?:", text)


def test_every_icon_and_mark_that_is_used_is_in_the_sprite():
    folder = ROOT / "labnotebook" / "templates"
    sprite = set(re.findall(r'id="([im]-\w+)"', (folder / "parts/icons.html").read_text("utf-8")))
    texts = [path.read_text("utf-8") for path in folder.rglob("*.html")]
    used = {name for text in texts for name in re.findall(r'href="#([im]-\w+)"', text)}
    used |= {f"i-{name}" for text in texts for name in re.findall(r'\bicon="([a-z]+)"', text)}
    assert used <= sprite


def test_vendored_files_are_as_their_hashes_say():
    script = ROOT / "scripts" / "vendor.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
