"""Batches and recipe versions keep a digest of what they say: it stays what it was when they were stored."""

import json
from pathlib import Path

from synthesis.chemistry.digests import digest_of_plain

FROZEN = Path(__file__).resolve().parents[2] / "data" / "plan_frozen_by_algorithm_1.json"


def test_it_is_the_sha256_of_the_tersest_json_with_its_keys_in_order():
    # printf '{"a":null,"b":[1,2.5,"é ½"],"c":{"x":"0.50"}}' | sha256sum
    plain = {"c": {"x": "0.50"}, "b": [1, 2.5, "é ½"], "a": None}
    expected = "f476fb18bace6e930dd3629495f7a8d3d0c22b597fbb99cb9f81e33a3a479f3d"
    assert digest_of_plain(plain) == expected


def test_a_plan_that_was_frozen_long_ago_keeps_its_digest():
    plan = json.loads(FROZEN.read_text("utf-8"))
    assert (
        digest_of_plain(plan) == "aac1a8bd425503770f6bc2bb6cb4004c0d1a213af2e7ea3ee7f3764557f4b4da"
    )
