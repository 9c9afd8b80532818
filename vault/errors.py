"""The errors of the vault, each with the exit code the command line ends with; messages never hold sealed content.

VaultError 4
 + WrongKeyError    no identity or passphrase given opens it
 + NotGrantedError  the officer's keys do not reach it, or her role does not allow it
 + HeldError        a legal hold forbids it
 + MissingError     a blob, a key or a vault that should be there is not
 + TamperedError    what is there is not what was written
    + HeaderError       the age header breaks the format
    + HeaderMacError    the age header is well formed and was changed
    + PayloadError      the age payload was changed, cut short or extended
"""

from __future__ import annotations


class VaultError(Exception):
    """The vault cannot do what was asked."""

    exit_code = 4
    #: Stable word for `--json` output and for quarantine reasons.
    code = "vault"

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".rstrip()


class WrongKeyError(VaultError):
    """None of the identities or passphrases given opens it."""

    code = "wrong-key"


class NotGrantedError(WrongKeyError):
    """The officer is who she says, and what she asked for is not granted to her."""

    code = "not-granted"


class HeldError(VaultError):
    """A legal hold forbids to erase it."""

    code = "held"


class MissingError(VaultError):
    """Something that should be in the vault is not there."""

    code = "missing"


class TamperedError(VaultError):
    """What is there is not what was written: changed, cut, reordered or put in another's place."""

    code = "tampered"


class HeaderError(TamperedError):
    """The bytes are no age v1 header."""


class HeaderMacError(TamperedError):
    """The age header is well formed, a key opens it, and its MAC does not fit: it was changed."""


class PayloadError(TamperedError):
    """The age payload was changed, cut short or extended."""
