"""The error tree. Every class carries the exit code the command line ends with; this module knows nothing else.

    ToolkitError 1
     + InputError 2        Unreadable, Encrypted, TooLarge, UnknownFormat, Hostile, UnknownName, Overtaken
     + DefinitionError 3   always "file: place: what"
     + IncompleteError 5   check or pack found UNMET or UNSURE (the findings are printed all the same)
     + MissingToolError 6  names what to install
    vault.VaultError 4     lives in the vault package, which knows nothing of ours

A wrong *case* is a finding (data), never one of these. Messages name the file, the cause and the remedy, and never hold
a value read from a document.
"""


class ToolkitError(Exception):
    """Anything that stops a verb for a reason a person can act on."""

    exit_code = 1
    #: Stable word for `--json` output and for quarantine reasons.
    code = "error"

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".rstrip()


class InputError(ToolkitError):
    """A file or an argument that was given cannot be used."""

    exit_code = 2
    code = "input"


class UnreadableError(InputError):
    """The file is damaged, empty or cut short."""

    code = "unreadable"


class EncryptedError(InputError):
    """The file asks for a password."""

    code = "encrypted"


class TooLargeError(InputError):
    """The file passes a limit on bytes, pages, pixels, members or unpacked size."""

    code = "too-large"


class UnknownFormatError(InputError):
    """The file's content is of no type that can be read."""

    code = "unknown-format"


class HostileError(InputError):
    """The file made its reader crash, hang or overrun its memory, or was built to."""

    code = "hostile"


class OverrunError(HostileError):
    """The file's reader was stopped for the time or memory it took; on an idle machine it may get through."""

    code = "overrun"


class UnknownNameError(InputError):
    """A case, document, template, route or kind of that name does not exist."""

    code = "unknown-name"


class OvertakenError(InputError):
    """Another program changed meanwhile what this step was built on; taking the step again is the remedy."""

    code = "overtaken"


class DefinitionError(ToolkitError):
    """A kind, checklist, template or form definition is wrong: "file: place: what"."""

    exit_code = 3
    code = "definition"


class IncompleteError(ToolkitError):
    """A requirement is UNMET or UNSURE, so the case cannot be called complete."""

    exit_code = 5
    code = "incomplete"


class MissingToolError(ToolkitError):
    """A program or model outside the package is needed and absent; the remedy names what to install."""

    exit_code = 6
    code = "missing-tool"
