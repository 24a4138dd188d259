"""History of the tables of this app, and results that are never written over."""

from django.db import migrations

from labnotebook.records.history import track

KEEP_RESULT = """
CREATE FUNCTION analysis_keep_result() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'done' AND (OLD.result, OLD.state, OLD.parameters, OLD.method)
     IS DISTINCT FROM (NEW.result, NEW.state, NEW.parameters, NEW.method) THEN
    RAISE EXCEPTION 'A finished analysis is never written over. Run it again instead.'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_result BEFORE UPDATE ON analysis_analysis
  FOR EACH ROW EXECUTE FUNCTION analysis_keep_result();

CREATE FUNCTION analysis_keep_forecast() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.conditions IS DISTINCT FROM NEW.conditions OR (OLD.state = 'done'
     AND (OLD.result, OLD.state) IS DISTINCT FROM (NEW.result, NEW.state)) THEN
    RAISE EXCEPTION 'A forecast is frozen. Ask for a new one.' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_forecast BEFORE UPDATE ON analysis_forecast
  FOR EACH ROW EXECUTE FUNCTION analysis_keep_forecast();
"""


class Migration(migrations.Migration):
    dependencies = [("analysis", "0001_initial"), ("records", "0002_history")]

    operations = [
        track("analysis_measurement"),
        track("analysis_analysis"),
        track("analysis_outcome"),
        track("analysis_phaseassignment"),
        track("analysis_forecast"),
        track("analysis_score"),
        migrations.RunSQL(
            KEEP_RESULT,
            "DROP FUNCTION IF EXISTS analysis_keep_result() CASCADE;"
            "DROP FUNCTION IF EXISTS analysis_keep_forecast() CASCADE;",
        ),
    ]
