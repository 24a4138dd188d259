"""Indexes for the orders that pages are read in, and EQE that was typed for a whole device.

The sort keys are never NULL (`analysis.history.columns`), so that one row comparison finds the next
page; an index must be on the same expression to be of use.
"""

from django.db import migrations


INDEXES = """
CREATE INDEX history_planned ON analysis_historyrow (planned_at, batch_id);
CREATE INDEX history_best_eqe ON analysis_historyrow
  ((coalesce(eqe_percent, '-Infinity'::float8)), batch_id);
CREATE INDEX history_low_ratio ON analysis_historyrow
  ((coalesce(ratio_ca_pb_weighed, 'Infinity'::float8)), batch_id);
"""
NO_INDEXES = """
DROP INDEX IF EXISTS history_planned;
DROP INDEX IF EXISTS history_best_eqe;
DROP INDEX IF EXISTS history_low_ratio;
"""


class Migration(migrations.Migration):
    dependencies = [("analysis", "0003_history_rows")]

    operations = [
        migrations.RunSQL(INDEXES, NO_INDEXES),
    ]
