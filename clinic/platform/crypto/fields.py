"""Column types whose values are encrypted in the database and plain in Python.

They cannot be searched or ordered by: look-ups go through a blind index beside them (`crypto/index.py`). A renamed
table or column needs its values sealed anew, because `table.column` is part of the seal.
"""

import json
from typing import Any

from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from clinic.platform.crypto.sealing import open_sealed, seal


class SealedMixin:
    """Seals on the way in, opens on the way out; `isnull` is the only look-up."""

    model: type[models.Model]
    column: str

    @property
    def place(self) -> str:
        """`table.column`, the additional data of the seal."""
        return f"{self.model._meta.db_table}.{self.column}"

    def as_text(self, value: Any) -> str:
        """The value as the text that is sealed."""
        raise NotImplementedError

    def from_text(self, text: str) -> Any:
        """The value an opened text stands for."""
        raise NotImplementedError

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else seal(self.as_text(value), place=self.place)

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        return None if value is None else self.from_text(open_sealed(value, place=self.place))

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name == "isnull":
            return super().get_lookup(lookup_name)
        raise FieldError(f"{self.place} is encrypted: look it up by its blind index")


class EncryptedTextField(SealedMixin, models.TextField):
    """Text, encrypted in the database."""

    def as_text(self, value: Any) -> str:
        return str(value)

    def from_text(self, text: str) -> str:
        return text


class EncryptedJSONField(SealedMixin, models.TextField):
    """Anything JSON can say, encrypted in the database as one text."""

    # For the type checker: what is assigned and read is not the text of the column
    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def as_text(self, value: Any) -> str:
        return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, separators=(",", ":"))

    def from_text(self, text: str) -> Any:
        return json.loads(text)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return self.as_text(self.value_from_object(obj))

    def formfield(self, **kwargs: Any) -> None:
        return None  # structured data is never typed into a form as it is
