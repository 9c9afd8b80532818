"""Codes of payment means as words of our own. Data that no other module needs."""

from __future__ import annotations

from collections.abc import Mapping

#: Payment means of EN 16931 (BT-81, UNTDID 4461).
CODES: Mapping[str, str] = {
    "10": "cash",
    "20": "cheque",
    "21": "cheque",
    "22": "cheque",
    "23": "cheque",
    "24": "bill of exchange",
    "25": "cheque",
    "26": "cheque",
    "30": "bank transfer",
    "31": "bank transfer",
    "42": "bank transfer",
    "48": "card",
    "49": "direct debit",
    "54": "card",
    "55": "card",
    "57": "bank transfer",
    "58": "bank transfer",
    "59": "direct debit",
    "68": "online payment",
    "97": "set off",
}
#: ModalitaPagamento of FatturaPA (2.4.2.2).
ITALIAN: Mapping[str, str] = {
    "MP01": "cash",
    "MP02": "cheque",
    "MP03": "cheque",
    "MP04": "cash",
    "MP05": "bank transfer",
    "MP06": "bill of exchange",
    "MP08": "card",
    "MP09": "direct debit",
    "MP10": "direct debit",
    "MP11": "direct debit",
    "MP16": "direct debit",
    "MP19": "direct debit",
    "MP20": "direct debit",
    "MP21": "direct debit",
    "MP22": "set off",
    "MP23": "online payment",
}
