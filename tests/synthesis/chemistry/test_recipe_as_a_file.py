"""A recipe as a file: what is written reads back, a person can read it, and a broken file says where."""

import json
import tomllib

import pytest
import yaml

from synthesis.chemistry.documents import InvalidDocument
from synthesis.chemistry.recipe_files import FORMATS, read_recipe_file, write_recipe
from tests.synthesis.chemistry.written import PAPER

OURS = {
    "slug": "ours",
    "name": "Lead iodide, 170 °C",
    "inputs": [{"key": "hot", "options": {"a": "α"}}],
    "note": "Stir until nothing is left at the bottom, then ten minutes more, and only then the oil.",
}
WRITTEN = {
    "yaml": """slug: ours
name: Lead iodide, 170 °C
inputs:
- key: hot
  options:
    a: α
note: Stir until nothing is left at the bottom, then ten minutes more, and only then the oil.
""",
    "toml": """slug = "ours"
name = "Lead iodide, 170 °C"
inputs = [
    { key = "hot", options = { a = "α" } },
]
note = "Stir until nothing is left at the bottom, then ten minutes more, and only then the oil."
""",
    "json": """{
  "slug": "ours",
  "name": "Lead iodide, 170 °C",
  "inputs": [
    {
      "key": "hot",
      "options": {
        "a": "α"
      }
    }
  ],
  "note": "Stir until nothing is left at the bottom, then ten minutes more, and only then the oil."
}
""",
}


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_is_written_as_a_person_would(form):
    assert write_recipe(OURS, form) == WRITTEN[form]


@pytest.mark.parametrize("form", FORMATS)
def test_the_papers_recipe_goes_out_and_comes_back_and_other_programs_read_it(form):
    plain = PAPER.as_dict()
    text = write_recipe(plain, form)
    assert read_recipe_file(text, form) == plain
    assert read_recipe_file(text) == plain  # nobody has to say which format it is
    assert read_recipe_file(text, "docx") == plain
    other = {"yaml": yaml.safe_load, "toml": tomllib.loads, "json": json.loads}[form]
    assert other(text) == plain


TWICE = "slug: ours\namount:\n  mass_mg: '1'\n  mass_mg: '2'\n"
REFUSED = {
    "an alias": (
        "slug: &it ours\nname: *it\n", "yaml",
        "Read as YAML: a recipe file has no aliases (*name); write the value out, line 2.",
    ),
    "a name said twice": (
        TWICE, "yaml", "Read as YAML: “mass_mg” stands twice in one table; keep one, line 4.",
    ),
    "a name said twice in JSON": (
        '{"slug": "ours",\n "slug": "theirs"}', "json",
        "Read as JSON: “slug” stands twice in one table; keep one, line 2.",
    ),
    "a very long name said twice": (
        f"{'s' * 61}: 1\n{'s' * 61}: 2", "yaml",
        f"Read as YAML: “{'s' * 60}” stands twice in one table; keep one, line 2.",
    ),
    "a list": ("- ours\n- theirs\n", "yaml", "Read as YAML, it is no table of names and values."),
    "a list in JSON": ('["ours"]', "json", "Read as JSON, it is no table of names and values."),
    "a novel": (
        "#" * 500_001, "toml", "This file is 500001 characters long; a recipe has at most 500000.",
    ),
    "a well of tables": (
        "{a: " * 13 + "1" + "}" * 13, "yaml", "This file nests more than 12 tables; no recipe does.",
    ),
    "a well of lists": (
        "a: " + "[" * 12 + "1" + "]" * 12, "yaml", "This file nests more than 12 tables; no recipe does.",
    ),
    "a well without a bottom": (
        "{a: " * 3000, "yaml", "This file nests more than 12 tables; no recipe does.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_that_is_no_recipe_is_refused_in_words(what):
    text, form, sentence = REFUSED[what]
    with pytest.raises(InvalidDocument) as refused:
        read_recipe_file(text, form)
    assert [(one.path, one.sentence) for one in refused.value.faults] == [("", sentence)]


def test_the_largest_files_that_are_read():
    assert read_recipe_file("a = 1" + " " * 499_995, "toml") == {"a": 1}
    inside = read_recipe_file("{a: " * 12 + "1" + "}" * 12, "yaml")
    for _ in range(12):
        inside = inside["a"]
    assert inside == 1


# the words are the readers' own; the place is ours to pass on


@pytest.mark.parametrize(
    ("text", "form", "place"),
    [
        ('slug = "ours"\nname = Ours\n', "toml", "line 2"),
        ("slug: ours\n  name: Ours\n", "yaml", ", line 2."),
        ('{"slug": "ours",\n "name": [1, 2', "json", ", line 2."),
    ],
)
def test_a_broken_file_says_where_reading_stopped(text, form, place):
    with pytest.raises(InvalidDocument) as refused:
        read_recipe_file(text, form)
    sentence = str(refused.value)
    assert sentence.startswith(f"Read as {form.upper()}: ")
    assert place in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


def test_a_broken_file_says_what_is_missing_and_not_only_what_was_being_read():
    with pytest.raises(InvalidDocument, match=r"^Read as YAML: expected ',' or '\]'"):
        read_recipe_file("slug: ours\nname: [1, 2", "yaml")


def test_a_sign_that_no_text_has_is_refused_in_one_line():
    with pytest.raises(InvalidDocument, match=r"^Read as YAML: unacceptable character [^\n]*$"):
        read_recipe_file("slug: ours\nname: \x07", "yaml")


def test_without_a_format_each_reading_says_why_it_failed():
    with pytest.raises(InvalidDocument) as refused:
        read_recipe_file("- ours")
    toml, _, yaml_said = str(refused.value).partition(". Read as YAML")
    assert toml.startswith("Read as TOML: ")
    assert "line 1" in toml
    assert yaml_said == ", it is no table of names and values."


def test_a_file_makes_no_objects_of_a_program():
    with pytest.raises(InvalidDocument, match="Read as YAML: could not determine a constructor"):
        read_recipe_file("slug: !!python/object/apply:os.getcwd []", "yaml")


def test_an_empty_file_is_an_empty_recipe_whose_faults_are_told_later():
    assert read_recipe_file("") == {}
