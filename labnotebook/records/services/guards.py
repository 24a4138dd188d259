"""What guards the records in the database is what the program put there.

The truth is in the program: the SQL of its migrations, run through once more on paper, and what the
rooms derive from code say which functions and triggers there must be, and the models say which columns and constraints. Whoever empties
a trigger function, switches a trigger off or drops a column leaves the database different from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, migrations
from django.db.migrations.loader import MigrationLoader

from labnotebook.records.history import DERIVED_SQL, OUR_APPS
from labnotebook.records.rights import loosened_rights

_WORDS = re.compile(r"\s+")
_STATEMENT = re.compile(
    r"CREATE\s+(?:OR\s+REPLACE\s+)?FUNCTION\s+(?P<function>\w+)\s*\(.*?\sAS\s+(?P<quote>\$\w*\$)"
    r"(?P<body>.*?)(?P=quote)"
    r"|(?P<trigger>CREATE\s+(?:OR\s+REPLACE\s+)?(?:CONSTRAINT\s+)?TRIGGER\s.*?EXECUTE\s+FUNCTION"
    r"\s+\w+\s*\([^)]*\))"
    r"|DROP\s+FUNCTION\s+(?:IF\s+EXISTS\s+)?(?P<gone_function>\w+)"
    r"|DROP\s+TRIGGER\s+(?:IF\s+EXISTS\s+)?(?P<gone_trigger>\w+)\s+ON\s+(?P<gone_from>\w+)",
    re.IGNORECASE | re.DOTALL,
)
_TRIGGER = re.compile(
    r"TRIGGER (?P<name>\w+) (?P<when>BEFORE|AFTER) (?P<events>.*?) ON (?:public\.)?(?P<table>\w+)"
    r" .*?FOR EACH (?P<level>ROW|STATEMENT).*? EXECUTE FUNCTION (?:public\.)?(?P<function>\w+) ?"
    r"\((?P<arguments>[^)]*)\)",
    re.IGNORECASE,
)

Trigger = tuple[str, frozenset[str], str, str, str]  # when, events, level, function, arguments


def weakened_guards() -> Iterator[tuple[str, str]]:
    """Yield (table or function, sentence) for whatever is not as the program installed it."""
    loader = MigrationLoader(connection)
    for node in sorted(loader.graph.nodes.keys() - loader.applied_migrations.keys()):
        if node[0] in OUR_APPS:
            yield ".".join(node), "the database has not had this migration; start the notebook once"
    functions, triggers = _expected(loader)
    bodies, present = _installed_functions(), _installed_triggers()
    for name, body in sorted(functions.items()):
        if name not in bodies:
            yield name, "the function is missing"
        elif body not in bodies[name]:
            yield name, "the function is not the one that the program installed"
    for (table, name), wanted in sorted(triggers.items()):
        if (table, name) not in present:
            yield table, f"the trigger {name} is missing or switched off"
        elif present[table, name] != wanted:
            yield table, f"the trigger {name} is not the one that the program installed"
    yield from _missing_columns_and_constraints()
    yield from loosened_rights()


def _expected(
    loader: MigrationLoader,
) -> tuple[dict[str, str], dict[tuple[str, str], Trigger]]:
    functions: dict[str, str] = {}
    triggers: dict[tuple[str, str], Trigger] = {}
    for sql in (*_migrated_sql(loader), *DERIVED_SQL.values()):
        for found in _STATEMENT.finditer(sql):
            if found["function"]:
                functions[found["function"].lower()] = found["body"]
            elif found["trigger"]:
                table, name, trigger = _read_trigger(found["trigger"])
                triggers[table, name] = trigger
            elif found["gone_function"]:
                functions.pop(found["gone_function"].lower(), None)
            else:
                triggers.pop((found["gone_from"].lower(), found["gone_trigger"].lower()), None)
    return functions, triggers


def _migrated_sql(loader: MigrationLoader) -> Iterator[str]:
    """Yield the SQL of our migrations in their order."""
    leaves = [node for node in loader.graph.leaf_nodes() if node[0] in OUR_APPS]
    seen = set()
    for leaf in sorted(leaves):
        for node in loader.graph.forwards_plan(leaf):
            if node in seen or node[0] not in OUR_APPS:
                continue
            seen.add(node)
            for operation in loader.graph.nodes[node].operations:
                if isinstance(operation, migrations.RunSQL):
                    yield from _texts(operation.sql)


def _texts(sql: Any) -> Iterator[str]:
    if isinstance(sql, str):
        yield sql
    else:
        yield from (one if isinstance(one, str) else one[0] for one in sql)


def _read_trigger(statement: str) -> tuple[str, str, Trigger]:
    found = _TRIGGER.search(_WORDS.sub(" ", statement))
    if found is None:
        raise ValueError(f"This trigger cannot be read: {statement}")
    events = {word for word in re.findall(r"\w+", found["events"].upper()) if word in _EVENTS}
    arguments = found["arguments"].replace(" ", "")
    made = (found["when"].upper(), frozenset(events), found["level"].upper())
    return (
        found["table"].lower(),
        found["name"].lower(),
        (*made, found["function"].lower(), arguments),
    )


_EVENTS = {"INSERT", "UPDATE", "DELETE", "TRUNCATE"}


def _installed_functions() -> dict[str, set[str]]:
    bodies: dict[str, set[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
        )
        for name, body in cursor.fetchall():
            bodies.setdefault(name, set()).add(body)
    return bodies


def _installed_triggers() -> dict[tuple[str, str], Trigger]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
        )
        read = [_read_trigger(statement) for (statement,) in cursor.fetchall()]
    return {(table, name): trigger for table, name, trigger in read}


def _missing_columns_and_constraints() -> Iterator[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
            " WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped"
        )
        columns = set(cursor.fetchall())
        cursor.execute(
            "SELECT conname FROM pg_constraint UNION SELECT relname FROM pg_class WHERE relkind = 'i'"
        )
        names = {name for (name,) in cursor.fetchall()}
    for model in apps.get_models():
        if model._meta.app_label not in OUR_APPS or not model._meta.managed:
            continue
        table = model._meta.db_table
        for field in model._meta.local_concrete_fields:
            if (table, field.column) not in columns:
                yield table, f"the column {field.column} is missing"
        for constraint in model._meta.constraints:
            if constraint.name not in names:
                yield table, f"the constraint {constraint.name} is missing"
