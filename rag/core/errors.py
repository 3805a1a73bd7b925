"""The errors that callers can act on. Every message says what is wrong and what to do about it."""

from __future__ import annotations


class RagError(Exception):
    """Base of all errors that Footnote raises on purpose. The message is written for the user."""


class UsageError(RagError):
    """The input is invalid. The command line exits with code 2."""


class SettingsError(UsageError):
    """A setting is unknown or out of bounds."""


class QuestionError(UsageError):
    """The question is empty or too long."""


class FilterError(UsageError):
    """A filter cannot be understood, contradicts itself or names a value that no article has."""


class PathError(UsageError):
    """A path does not exist or cannot be used."""


class UnknownArticleError(UsageError):
    """No article has this id."""


class UnknownChatError(UsageError):
    """The reader has no conversation with this id, or no longer."""


class EmbedError(UsageError):
    """An embed does not exist, or cannot be created or changed as requested."""


class DatasetError(UsageError):
    """A file of questions, articles or results for the evaluation is malformed; the message names the line."""


class ArticleError(RagError):
    """An article cannot be read, or a source has none."""


class IndexEmptyError(RagError):
    """There is no library yet, or no article in it."""


class IndexMismatchError(RagError):
    """The library was made with another embedding model or another version of Footnote."""


class IndexDamagedError(RagError):
    """A file of the library cannot be read or written."""


class IndexBusyError(RagError):
    """Another process is changing the library."""


class CalibrationError(RagError):
    """The calibration file of the library cannot be used."""


class ModelMissingError(RagError):
    """The weights of a model are not on this machine."""


class ModelDamagedError(RagError):
    """The weights of a model are incomplete or altered."""


class DownloadError(RagError):
    """A model could not be downloaded from any of its sources."""


class GenerationError(RagError):
    """The answering model failed while generating."""


class ServeError(RagError):
    """The web page cannot be served, for example because the port is in use."""


class TokenRefusedError(RagError):
    """The token of an embed is invalid."""


class TokenExpiredError(TokenRefusedError):
    """The token of an embed has expired."""


class IssuerUnreachableError(RagError):
    """The keys of an identity provider cannot be fetched."""
