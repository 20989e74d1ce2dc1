"""A bank's statement as it comes: find the header, read each line, check the sums, find whose money it is.

statement = open_statement(gateways.spreadsheets.read(filename, data))
"""

from services.statements.columns import STATEMENT
from services.statements.lines import Fault, Line, Statement, StatementFaulty, open_statement
from services.statements.remarks import Remark, read_remark

__all__ = [
    "STATEMENT",
    "Fault",
    "Line",
    "Remark",
    "Statement",
    "StatementFaulty",
    "open_statement",
    "read_remark",
]
