"""The numbers of each batch under their own names, and the same for the batches that are there already.

What fills the table is frozen here: it reads what the batches of that time hold (plan, composition and
the recipe's inputs as JSON) and no code that may change later.
"""

import re

import django.db.models.deletion
from django.db import migrations, models

ORIGINS = {
    "planned": "the plan, every bottle at face value",
    "effective": "the plan, assay and titre of its bottles counted",
    "weighed": "the recorded amounts, assay and titre of their bottles counted",
}
# The ratios that a calculator reported of its own, besides those that a recipe asked for.
NAMES = {
    "ratio_ca_pb": "Ca/Pb",
    "ratio_cs_pb": "Cs/Pb",
    "ratio_i_pb": "I/Pb",
    "ratio_i_cs": "I/Cs",
    "ratio_cs_b": "Cs/(Pb+Ca)",
    "ratio_oa_pb": "OA/Pb",
    "ratio_ola_pb": "OLA/Pb",
    "ratio_oa_ola": "OA/OLA",
    "ratio_oa_cs": "OA/Cs",
    "ratio_oh_zn": "OH/Zn",
}
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


def fill(apps, schema_editor):
    """Write the rows of every batch from its own frozen plan and composition."""
    batches = apps.get_model("synthesis", "Batch").objects.select_related("recipe_version")
    model = apps.get_model("synthesis", "BatchQuantity")
    wanted = batches.only("plan", "composition", "targets", "recipe_version__definition")
    rows = []
    for batch in wanted.iterator(chunk_size=200):
        rows += [model(batch_id=batch.pk, **one) for one in numbers_of(batch)]
        if len(rows) > 5000:
            model.objects.bulk_create(rows)
            rows = []
    model.objects.bulk_create(rows)
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # so that a trigger can be made below
    schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


def numbers_of(batch):
    inputs = (batch.recipe_version.definition or {}).get("inputs") or []
    named = {
        one["key"]: f"{one['numerator']}/{one['denominator']}"
        for one in inputs
        if one.get("kind") == "ratio"
    }
    planned = (batch.plan or {}).get("composition") or {}
    weighed = (batch.composition or {}).get("effective") or {}
    keys = list(dict.fromkeys(filter(is_ratio, [*named, *planned, *weighed])))
    found = []
    for position, key in enumerate(keys, start=0 if named else 1):
        said = {
            "planned": planned.get(key),
            "effective": planned.get(f"{key}_effective"),
            "weighed": weighed.get(key),
        }
        found += [
            {
                "key": key,
                "basis": basis,
                "value": one["value"],
                "uncertainty": one.get("uncertainty"),
                "origin": ORIGINS[basis],
                "name": named.get(key) or NAMES.get(key) or key.removeprefix("ratio_"),
                "position": position,
            }
            for basis, one in said.items()
            if one and one.get("value") is not None
        ]
    asked = [one for one in inputs if one["key"] not in named and one.get("kind") != "choice"]
    texts = {one["key"]: str((batch.targets or {}).get(one["key"], "")) for one in asked}
    numeric = [one for one in asked if NUMBER.fullmatch(texts[one["key"]])]
    return found + [
        {
            "key": one["key"],
            "basis": "planned",
            "value": float(texts[one["key"]]),
            "uncertainty": None,
            "origin": "asked for in the plan",
            "name": one["name"],
            "position": 1 + len(keys) + place,
        }
        for place, one in enumerate(numeric)
    ]


def is_ratio(key):
    return key.startswith("ratio_") and not key.endswith("_effective")


SIGNED = """
CREATE FUNCTION synthesis_signed_numbers_stay() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE code text;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    SELECT b.code INTO code FROM synthesis_batch b WHERE b.id = OLD.batch_id AND b.state = 'signed';
  END IF;
  IF code IS NULL AND TG_OP <> 'DELETE' THEN
    SELECT b.code INTO code FROM synthesis_batch b WHERE b.id = NEW.batch_id AND b.state = 'signed';
  END IF;
  IF code IS NOT NULL THEN
    RAISE EXCEPTION 'Batch % is signed and its numbers cannot change.', code
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER signed_is_locked BEFORE INSERT OR UPDATE OR DELETE ON synthesis_batchquantity
  FOR EACH ROW EXECUTE FUNCTION synthesis_signed_numbers_stay();
"""
NOT_SIGNED = """
DROP TRIGGER IF EXISTS signed_is_locked ON synthesis_batchquantity;
DROP FUNCTION IF EXISTS synthesis_signed_numbers_stay();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('synthesis', '0003_recipe_drafts'),
    ]

    operations = [
        migrations.CreateModel(
            name='BatchQuantity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=60)),
                ('basis', models.CharField(choices=[('planned', 'Planned'), ('effective', 'Effective'), ('weighed', 'Weighed')], max_length=9)),
                ('value', models.FloatField()),
                ('uncertainty', models.FloatField(null=True)),
                ('origin', models.CharField(max_length=200)),
                ('name', models.CharField(max_length=120)),
                ('position', models.PositiveSmallIntegerField()),
                ('batch', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='quantities', to='synthesis.batch')),
            ],
            options={
                'ordering': ('batch', 'position', 'pk'),
                'indexes': [models.Index(fields=['key', 'basis', 'value', 'batch'], name='batch_quantity_by_value')],
                'constraints': [models.UniqueConstraint(fields=('batch', 'key', 'basis'), name='batch_quantity_is_said_once_per_basis'), models.CheckConstraint(condition=models.Q(('basis__in', ['planned', 'effective', 'weighed'])), name='batch_quantity_basis_is_known'), models.CheckConstraint(condition=models.Q(('value__gt', float("-inf")), ('value__lt', float("inf"))), name='batch_quantity_is_a_number', violation_error_message='A quantity of a batch is a finite number.'), models.CheckConstraint(condition=models.Q(('uncertainty', None), models.Q(('uncertainty__gte', 0), ('uncertainty__lt', float("inf"))), _connector='OR'), name='batch_quantity_uncertainty_is_not_negative', violation_error_message='An uncertainty is a finite number of 0 or more.')],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL(SIGNED, NOT_SIGNED),
    ]
