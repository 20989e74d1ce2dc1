"""Spreadsheets from outside and back: .xlsx, .xls and text tables, read within limits.

sheet = read("花名册.xlsx", data)          raises a SpreadsheetRefused with a Chinese `message`
data = write("需要更正", header, rows)     text cells only
"""

from gateways.spreadsheets.picking import read
from gateways.spreadsheets.sheets import Cell, Merge, Row, Sheet, SpreadsheetRefused
from gateways.spreadsheets.writing import as_text, write

__all__ = ["Cell", "Merge", "Row", "Sheet", "SpreadsheetRefused", "as_text", "read", "write"]
