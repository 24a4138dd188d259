"""Plain documents that people write (recipes, operations), read into frozen values by pydantic.

One reader: what is wrong is told as sentences, each with its path in the document
(``ingredients[2].amount``). Numbers are texts with their digits; what is empty is left out; a name
that nobody asked for is refused, since a misspelt key would be silently lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

LARGEST_EXPONENT = 18
LONGEST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: its path in the document, and a sentence that says how to mend it."""

    path: str
    sentence: str

    def as_dict(self) -> dict[str, str]:
        """Return the fault as the API tells it."""
        return {"field": self.path, "message": self.sentence}


class InvalidDocument(ValueError):
    """A document that cannot be read or contradicts itself; ``faults`` says where, each in words."""

    def __init__(self, faults: Sequence[Fault] | str) -> None:
        self.faults = (Fault("", faults),) if isinstance(faults, str) else tuple(faults)
        super().__init__(" ".join(fault.sentence for fault in self.faults))


def refuse(sentence: str, *, at: str = "") -> PydanticCustomError:
    """Return the error for a table that contradicts itself; ``at`` names the entry inside it."""
    return PydanticCustomError("refused", "{sentence}", {"sentence": sentence, "at": at})


def _wrong(predicate: str) -> PydanticCustomError:
    """Return the error for one value: ``is 0, but should be above 0``."""
    return PydanticCustomError("wrong_value", "{predicate}", {"predicate": predicate})


def as_decimal(value: object) -> Decimal:
    """Return a finite decimal from what reads as one (text, int, float); raises ValueError in words."""
    try:
        number = Decimal(str(value).strip().replace("_", "?"))  # Python would read 1_0 as 10
    except InvalidOperation as error:
        raise ValueError(f"should be a number, not {_shown(value)}") from error
    if not number.is_finite() or (number and abs(number.adjusted()) > LARGEST_EXPONENT):
        raise ValueError(f"should be a finite number of everyday size, not {value}")
    return number


def _number(value: object) -> Decimal:
    try:
        return as_decimal(value)
    except ValueError as error:
        raise _wrong(str(error)) from error


def _positive(value: Decimal) -> Decimal:
    if value <= 0:
        raise _wrong(f"is {value}, but should be above 0")
    return value


def _not_negative(value: Decimal) -> Decimal:
    if value < 0:
        raise _wrong(f"is {value}, but should be at least 0")
    return value


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise _wrong(f"should be text, not {_shown(value)}")
    if "\x00" in value:
        raise _wrong("holds a character that no text has (NUL)")
    return value.strip()


def _said(value: str) -> str:
    if not value:
        raise PydanticCustomError("missing", "is empty")
    return value


Number = Annotated[Decimal, BeforeValidator(_number)]
Positive = Annotated[Number, AfterValidator(_positive)]
NotNegative = Annotated[Number, AfterValidator(_not_negative)]
Text = Annotated[str, BeforeValidator(_text)]
Said = Annotated[Text, AfterValidator(_said)]  # a text that must not be empty


class Document(BaseModel):
    """A table of a document as a frozen value."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)

    def as_dict(self) -> dict[str, Any]:
        """Return the plain dict that reads back to an equal value: texts for numbers, nothing empty."""
        pairs = ((name, getattr(self, name)) for name in type(self).model_fields)
        return {name: _plain(item) for name, item in pairs if not _is_empty(item)}


def _plain(value: Any) -> Any:
    if isinstance(value, Document):
        return value.as_dict()
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _is_empty(item: Any) -> bool:
    return (
        item is None or item is False or (isinstance(item, str | tuple | list | dict) and not item)
    )


D = TypeVar("D", bound=Document)


def without_nothing(data: object) -> Any:
    """Return the document without entries that are null: they say the same as no entry."""
    if isinstance(data, Mapping):
        return {str(k): without_nothing(v) for k, v in data.items() if v is not None}
    if isinstance(data, list | tuple):
        return [without_nothing(item) for item in data]
    return data


class DocumentReader(Generic[D]):
    """Reads one kind of document; ``name`` is what its refusals call it."""

    def __init__(
        self, kind: type[D], name: str, refusal: type[InvalidDocument] = InvalidDocument
    ) -> None:
        self.kind, self.name, self.refusal = kind, name, refusal

    def read(self, data: object, context: Mapping[str, Any] | None = None) -> D:
        """Return the checked value; raises ``refusal`` with every fault that was found."""
        if not isinstance(data, Mapping):
            raise self.refusal(
                f"{self.name} should be a table of names and values, not {_shown(data)}."
            )
        plain = without_nothing(data)
        try:
            return self.kind.model_validate(plain, context=dict(context or {}))
        except ValidationError as error:
            raise self.refusal(list(self._faults(error.errors(), plain))) from None

    def _faults(self, errors: Iterable[ErrorDetails], data: Mapping[str, Any]) -> Iterable[Fault]:
        unknown: dict[tuple[int | str, ...], list[str]] = {}
        for error in errors:
            location = tuple(error["loc"])
            if error["type"] == "extra_forbidden":
                unknown.setdefault(location[:-1], []).append(str(location[-1])[:LONGEST_SHOWN])
                continue
            at = error.get("ctx", {}).get("at")
            yield Fault(path_of((*location, at) if at else location), self._told(error, data))
        for location, names in unknown.items():
            place = place_of(location, data, self.name)
            yield Fault(
                path_of((*location, names[0])),
                f"{place} has unknown entries: {', '.join(names)}. Check the spelling.",
            )

    def _told(self, error: ErrorDetails, data: Mapping[str, Any]) -> str:
        location = tuple(error["loc"])
        where = place_of(location, data, self.name)
        if error["type"] == "refused":
            return f"{where}: {error['ctx']['sentence']}"
        *parent, last = location
        place = place_of(parent, data, self.name)
        subject = where if isinstance(last, int) else f"{place}: “{last}”"
        found = _shown(error["input"])
        match error["type"]:
            case "missing":
                return f"{place} needs “{last}”."
            case "wrong_value":
                return f"{subject} {error['ctx']['predicate']}."
            case "literal_error":
                allowed = error["ctx"]["expected"].replace("'", "").replace(" or ", ", ")
                return f"{subject} is {found}, but should be one of {allowed}."
            case "tuple_type":
                return f"{subject} should be a list, not {found}."
            case "model_type" | "dict_type":
                return f"{subject} should be a table of names and values, not {found}."
            case "too_long":
                return (
                    f"{subject} has more than {error['ctx']['max_length']} characters. Shorten it."
                )
            case "bool_type" | "bool_parsing":
                return f"{subject} should be true or false, not {found}."
        return f"{subject}: {error['msg']}."


def path_of(location: Iterable[int | str]) -> str:
    """Return ``ingredients[2].amount`` for a location in a document."""
    path = ""
    for part in location:
        path += (
            f"[{part}]" if isinstance(part, int) else f".{part}"[0 if path else 1 :][:LONGEST_SHOWN]
        )
    return path


def place_of(location: Sequence[int | str], data: Mapping[str, Any], name: str) -> str:
    """Return a location in words: ``Ingredient “pbi2”, amount``."""
    if not location:
        slug = data.get("slug")
        return f"{name} “{slug}”" if isinstance(slug, str) and slug else name
    words: list[str] = []
    value: object = data
    for part in location:
        if isinstance(value, Mapping):
            value = value.get(part)
        else:
            value = value[part] if isinstance(value, list) and isinstance(part, int) else None
        if isinstance(part, int):
            noun = _singular(words.pop())
            key = value.get("key") if isinstance(value, Mapping) else None
            named = isinstance(key, str) and key
            words.append(f"{noun} “{key}”" if named else f"{noun} {part + 1}")
        else:
            words.append(str(part)[:LONGEST_SHOWN].replace("_", " "))
    sentence = ", ".join(words)
    return sentence[:1].upper() + sentence[1:]


def _singular(noun: str) -> str:
    return noun.removesuffix("s")


def _shown(value: object) -> str:
    text = f"“{value}”" if isinstance(value, str) else repr(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


class Keyed(Document):
    """A part of a document that others refer to by its key."""

    key: Said
