"""Architectures that were rows of their own become recipes of the kind *device*, version 1.

Frozen here: it reads the layers as they were kept then, and no code that may change later. What ships gets
its present version when the shipped recipes are loaded next.
"""

import hashlib
import json
import re

from django.db import migrations


def move(apps, schema_editor):
    architectures = list(apps.get_model("devices", "Architecture").objects.order_by("pk"))
    if not architectures:
        return
    schema_editor.execute(
        "SELECT set_config('app.actor', 'migration', true),"
        " set_config('app.reason', 'architectures are recipes', true)"
    )
    recipes = apps.get_model("synthesis", "Recipe").objects
    versions = apps.get_model("synthesis", "RecipeVersion").objects
    devices = apps.get_model("devices", "Device").objects
    for one in architectures:
        slug = one.slug
        while recipes.filter(slug=slug).exists():
            slug += "-stack"
        recipe = recipes.create(
            project_id=one.project_id,
            slug=slug,
            name=one.name,
            kind="device",
            shared_with_lab=one.shared_with_lab,
        )
        definition = definition_of(one, slug)
        text = json.dumps(definition, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        version = versions.create(
            recipe=recipe,
            number=1,
            definition=definition,
            content_sha256=hashlib.sha256(text.encode()).hexdigest(),
            change_note="as it was before architectures were recipes",
        )
        devices.filter(architecture=one).update(recipe_version=version)
    schema_editor.execute("SELECT set_config('app.actor', '', true), set_config('app.reason', '', true)")
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


def definition_of(one, slug):
    layers, steps, keys = [], [], set()
    for row in one.layers:
        key = free(re.sub(r"[^a-z0-9]+", "_", row["material"].lower()).strip("_") or "layer", keys)
        names = ("thickness_nm", "thickness_source", "thickness_note", "source")
        layers.append(
            {
                "key": key,
                "role": row["role"],
                "material": row["material"],
                **{name: row[name] for name in names if row.get(name)},
            }
        )
        for step in row.get("steps") or ():
            steps.append(step_of(step, key, row["material"], keys))
    said = {"slug": slug, "name": one.name, "kind": "device", "summary": one.note}
    said |= {"polarity": one.polarity, "source": {"citation": one.source} if one.source else {}}
    said |= {"layers": layers, "steps": steps}
    return {name: value for name, value in said.items() if value}


def step_of(step, layer, material, keys):
    operation = step["operation"]
    agents = list(step.get("agents") or ()) or [s for s in (step.get("solvent"),) if s]
    said = {
        "key": free(f"{layer}_{re.sub(r'[^a-z0-9]+', '_', operation.lower())}", keys),
        "operation": operation,
        "text": f"{operation.capitalize()}: {material}.",
        "parameters": step.get("parameters"),
        "layer": layer,
        "agents": agents,
        "atmosphere": step.get("atmosphere"),
        "unknowns": step.get("unknowns"),
        "note": step.get("text"),
    }
    return {name: value for name, value in said.items() if value}


def free(key, taken):
    while key in taken:
        key += "_"
    taken.add(key)
    return key


class Migration(migrations.Migration):
    dependencies = [("devices", "0011_runs"), ("synthesis", "0021_recipes_of_devices")]

    operations = [migrations.RunPython(move, migrations.RunPython.noop, elidable=True)]
