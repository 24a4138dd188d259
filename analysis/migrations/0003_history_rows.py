"""Indexes of the history rows.

The view that says what each column is, and the triggers that keep the rows, are derived objects: they
are made anew after `migrate` whenever what they follow from differs (`analysis.history.derived`), so that no
migration depends on code that changes. This one made them itself once; a database that has them from
then loses nothing.
"""

from django.db import migrations

INDEXES = """
CREATE INDEX history_project_newest ON analysis_historyrow (project_id, batch_id DESC);
CREATE INDEX history_project_eqe ON analysis_historyrow (project_id, eqe_percent DESC NULLS LAST, batch_id DESC);
CREATE INDEX history_eqe ON analysis_historyrow (eqe_percent, batch_id) INCLUDE (project_id, phase, ratio_ca_pb_weighed);
CREATE INDEX history_ratio ON analysis_historyrow (ratio_ca_pb_weighed, batch_id);
CREATE INDEX history_code ON analysis_historyrow (code);
"""
NO_INDEXES = """
DROP INDEX IF EXISTS history_project_newest;
DROP INDEX IF EXISTS history_project_eqe;
DROP INDEX IF EXISTS history_eqe;
DROP INDEX IF EXISTS history_ratio;
DROP INDEX IF EXISTS history_code;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("analysis", "0002_history"),
        ("devices", "0002_history"),
        ("synthesis", "0002_history"),
    ]

    operations = [migrations.RunSQL(INDEXES, NO_INDEXES)]
