"""What the application's role may do in the database, where the tables belong to another.

It reads and writes rows. It owns nothing, so it cannot drop, disable or empty what guards them; revisions it only reads,
and what is never changed it only adds to. `manage.py prepare` gives these rights after every `migrate`.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from psycopg import sql

from labnotebook.records.actors import DEFINERS, HELPER, KEY_TABLE, actor_key

READ_ONLY = ("records_revision", "django_migrations")


def give_rights(role: str, password: str = "") -> None:
    """Give ``role`` what the application needs; make it, when a password is given and it is not there."""
    name = sql.Identifier(role)
    with transaction.atomic(), connection.cursor() as cursor:
        if password and not _is_there(role):
            made = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(password))
            cursor.execute(made)
        for statement in (
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
            "GRANT USAGE ON SCHEMA public TO {}",
            "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}",
            "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
            "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
            f"REVOKE ALL ON {KEY_TABLE} FROM {{}}, PUBLIC",
            *(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {{}}" for table in READ_ONLY),
            *(f"REVOKE UPDATE, DELETE ON {table} FROM {{}}" for table in _only_added_to()),
            f"REVOKE ALL ON FUNCTION {HELPER} FROM {{}}, PUBLIC",
        ):
            cursor.execute(sql.SQL(statement).format(name))
        cursor.execute(
            f"INSERT INTO {KEY_TABLE} (key) VALUES (%s) ON CONFLICT (id) DO UPDATE SET key = EXCLUDED.key",  # noqa: S608  (our own table)
            [actor_key()],
        )


def loosened_rights() -> Iterator[tuple[str, str]]:
    """Yield (table or function, sentence) where somebody may do more than was given; none with one role for all."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT proname FROM pg_proc WHERE proname = ANY(%s) AND NOT prosecdef"
            " AND pronamespace = 'public'::regnamespace",
            [list(DEFINERS)],
        )
        for (function,) in cursor.fetchall():
            yield function, "the function no longer runs as the tables' owner"
        cursor.execute(
            "SELECT c.relname, r.rolname, x.privilege_type FROM pg_class c, aclexplode(c.relacl) x"
            " LEFT JOIN pg_roles r ON r.oid = x.grantee WHERE c.relkind = 'r'"
            " AND c.relnamespace = 'public'::regnamespace AND x.grantee <> c.relowner AND ("
            "   (c.relname = ANY(%s) AND x.privilege_type <> 'SELECT') OR c.relname = %s"
            "   OR (c.relname = ANY(%s) AND x.privilege_type IN ('UPDATE', 'DELETE'))"
            "   OR x.privilege_type IN ('TRUNCATE', 'TRIGGER'))",
            [list(READ_ONLY), KEY_TABLE, _only_added_to()],
        )
        for table, role, right in cursor.fetchall():
            yield table, f"{role or 'everybody'} was given the right to {right} there"
        cursor.execute(
            "SELECT p.proname, r.rolname FROM pg_proc p, aclexplode(p.proacl) x"
            " LEFT JOIN pg_roles r ON r.oid = x.grantee"
            " WHERE p.oid = %s::regprocedure AND x.grantee <> p.proowner",
            [HELPER],
        )
        for function, role in cursor.fetchall():
            yield function, f"{role or 'everybody'} may call it, and so write revisions by hand"


def has_its_own_role() -> bool:
    """Say whether the role of this connection owns none of the tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT NOT pg_has_role(current_user, relowner, 'member') FROM pg_class"
            " WHERE oid = 'records_revision'::regclass"
        )
        return bool(cursor.fetchone()[0])


def _is_there(role: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = %s)", [role])
        return bool(cursor.fetchone()[0])


def _only_added_to() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'refuse_change'"
            " AND NOT tgisinternal ORDER BY 1"
        )
        return [table for (table,) in cursor.fetchall()]
