"""Between plain dicts (TOML, JSON, database rows) and frozen dataclasses, refusing surprises."""

import dataclasses
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from .documents import InvalidDocument


class PlainReader:
    """Takes values out of one dict by name and type; ``finish`` refuses what nobody asked for."""

    def __init__(self, data: object, where: str) -> None:
        if not isinstance(data, Mapping):
            raise InvalidDocument(f"{where} should be a table of names and values, not {data!r}.")
        self._data = dict(data)
        self.where = where

    def has(self, key: str) -> bool:
        """Whether the key is present and not None."""
        return self._data.get(key) is not None

    def names(self) -> list[str]:
        """The names not taken yet."""
        return [str(key) for key in self._data]

    def take(self, key: str) -> Any:
        """Take a value as it is, None when absent."""
        return self._data.pop(key, None)

    def text(self, key: str, *, required: bool = False) -> str:
        """Take a text, empty when absent."""
        value = self._data.pop(key, None)
        if value is None:
            value = ""
        if not isinstance(value, str):
            raise InvalidDocument(f"{self.where}: “{key}” should be text, not {value!r}.")
        if required and not value.strip():
            raise InvalidDocument(f"{self.where} needs “{key}”.")
        return value.strip()

    def one_of(self, key: str, allowed: Iterable[str]) -> str:
        """Take a text that must be one of the allowed words."""
        value = self.text(key, required=True)
        words = list(allowed)
        if value not in words:
            raise InvalidDocument(
                f"{self.where}: “{key}” is “{value}”, but should be one of {', '.join(words)}."
            )
        return value

    def decimal(
        self, key: str, *, required: bool = False, low: Decimal | int | None = None
    ) -> Decimal | None:
        """Take a finite decimal, written as text or number."""
        value = self._data.pop(key, None)
        if value is None:
            if required:
                raise InvalidDocument(f"{self.where} needs the number “{key}”.")
            return None
        number = as_decimal(value, f"{self.where}: “{key}”")
        if low is not None and number < low:
            raise InvalidDocument(
                f"{self.where}: “{key}” is {number}, but should be at least {low}."
            )
        return number

    def positive(self, key: str, *, required: bool = False) -> Decimal | None:
        """Take a decimal above zero."""
        number = self.decimal(key, required=required)
        if number is not None and number <= 0:
            raise InvalidDocument(f"{self.where}: “{key}” is {number}, but should be above 0.")
        return number

    def flag(self, key: str) -> bool:
        """Take true or false, false when absent."""
        value = self._data.pop(key, None)
        if value not in (None, True, False):
            raise InvalidDocument(f"{self.where}: “{key}” should be true or false, not {value!r}.")
        return bool(value)

    def many(self, key: str) -> list[Any]:
        """Take a list, empty when absent."""
        value = self._data.pop(key, None)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            raise InvalidDocument(f"{self.where}: “{key}” should be a list, not {value!r}.")
        return list(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Take a list of texts."""
        values = self.many(key)
        if not all(isinstance(value, str) for value in values):
            raise InvalidDocument(f"{self.where}: “{key}” should be a list of texts.")
        return tuple(values)

    def text_map(self, key: str) -> dict[str, str]:
        """Take a table of texts."""
        value = self._data.pop(key, None) or {}
        if not isinstance(value, Mapping) or not all(isinstance(v, str) for v in value.values()):
            raise InvalidDocument(f"{self.where}: “{key}” should be a table of texts.")
        return {str(k): str(v) for k, v in value.items()}

    def finish(self) -> None:
        """Refuse keys that nobody asked for: a misspelt key would be silently lost."""
        unknown = sorted(str(key) for key, value in self._data.items() if value is not None)
        if unknown:
            raise InvalidDocument(
                f"{self.where} has unknown entries: {', '.join(unknown)}. Check the spelling."
            )


def as_decimal(value: object, where: str) -> Decimal:
    """Return a finite decimal from text, int, float or Decimal, or refuse in words."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise InvalidDocument(f"{where} should be a number, not {value!r}.")
    try:
        number = Decimal(str(value).replace("_", "?"))  # Python would read 1_0 as 10
    except InvalidOperation as error:
        raise InvalidDocument(f"{where} should be a number, not {value!r}.") from error
    if not number.is_finite() or (number and abs(number.adjusted()) > 18):
        raise InvalidDocument(f"{where} should be a finite number of everyday size, not {value}.")
    return number


def as_plain(value: Any) -> Any:
    """Turn dataclasses, decimals and tuples into dicts, texts and lists; leave empty fields out."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        pairs = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {name: as_plain(item) for name, item in pairs if not _is_empty(item)}
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [as_plain(item) for item in value]
    return value


def _is_empty(item: Any) -> bool:
    return (
        item is None or item is False or (isinstance(item, str | tuple | list | dict) and not item)
    )
