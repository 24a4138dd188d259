"""The words of a history row that are searched, in lower case, and an index of their triplets of letters.

A code or a name is then found without a look at every row. The column is the database's own: it follows
from others of the row, and no question shows it. pg_trgm comes with PostgreSQL, and whoever owns a
database may switch it on.
"""

from django.db import migrations

SEARCHED = """
ALTER TABLE analysis_historyrow ADD COLUMN searched text GENERATED ALWAYS AS
  (lower(code || ' ' || recipe || ' ' || made_by || ' ' || precursor_appearance)) STORED;
CREATE INDEX history_searched ON analysis_historyrow USING gin (searched gin_trgm_ops);
"""


class Migration(migrations.Migration):
    dependencies = [("analysis", "0008_every_number_is_finite")]

    operations = [
        # It stays on the way back: the rooms below have indexes of their own with it.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm", migrations.RunSQL.noop),
        migrations.RunSQL(SEARCHED, "ALTER TABLE analysis_historyrow DROP COLUMN searched;"),
    ]
