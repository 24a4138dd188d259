import django.db.models.deletion
from django.db import migrations, models

from labnotebook.records.history import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("analysis", "0032_states_of_pixels"),
        ("records", "0008_simulated_projects"),
    ]

    operations = [
        migrations.CreateModel(
            name="LearnedRecipe",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recipe", models.CharField(max_length=80)),
                ("data_sha256", models.CharField(max_length=64)),
                ("code_version", models.CharField(max_length=20)),
                ("outcomes", models.JSONField()),
                ("experiments", models.JSONField()),
                ("read_at", models.DateTimeField()),
                ("made_at", models.DateTimeField(auto_now_add=True)),
                (
                    "project",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.project"
                    ),
                ),
            ],
            options={"ordering": ("-pk",)},
        ),
        migrations.AddIndex(
            model_name="learnedrecipe",
            index=models.Index(fields=["project", "recipe", "-made_at"], name="learned_recipe_newest"),
        ),
        append_only("analysis_learnedrecipe"),
    ]
