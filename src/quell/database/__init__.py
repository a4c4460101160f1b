"""Kernel: one protocol for SQL databases, thin drivers below it."""

from quell.database.base import Database, Row, Transaction
from quell.database.sqlite import SqliteDatabase

__all__ = ["Database", "Row", "SqliteDatabase", "Transaction"]
