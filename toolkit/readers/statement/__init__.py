"""The rows of a bank statement, one module a question: which words head a column, what was posted, what it adds up to.

Knows columns, days and sums; labels and sentences of a statement are in `kinds/bank-statement/kind.toml`.
"""
