"""The errors a caller can act on: one class per decision, each message a sentence with its remedy."""

from __future__ import annotations


class RagError(Exception):
    """Base of every error that Footnote raises on purpose.

    The message is meant for people: what is wrong, then what to do next.
    """


class UsageError(RagError):
    """What was asked for makes no sense as it stands: the command line ends with exit code 2."""


class SettingsError(UsageError):
    """A setting is unknown or out of bounds: change ``rag.toml``, the environment or the option."""


class QuestionError(UsageError):
    """The question cannot be asked as it stands: change the question."""


class FilterError(UsageError):
    """A filter cannot be understood or contradicts itself: change the filter."""


class PathError(UsageError):
    """A path that was named does not exist: change the path."""


class UnknownArticleError(UsageError):
    """No article has the id that was named: change the id."""


class UnknownChatError(UsageError):
    """A reader has no conversation with that id, or has it no more: begin a new one, or open another."""


class EmbedError(UsageError):
    """An embed cannot be made or changed as asked, or is not there: change what the message names."""


class DatasetError(UsageError):
    """A file of questions, articles or results for the evaluation is wrong: correct the line that is named."""


class ArticleError(RagError):
    """An article cannot be read, or there is none: change or leave out that source."""


class IndexEmptyError(RagError):
    """There is nothing to search yet: ingest articles first."""


class IndexMismatchError(RagError):
    """The index was made by another embedder or another version: rebuild it or change the setting."""


class IndexDamagedError(RagError):
    """The library file cannot be read or written: mend the disk, restore a backup or ingest again."""


class IndexBusyError(RagError):
    """Another process is changing the index: wait for its end."""


class CalibrationError(RagError):
    """The calibration beside the index cannot be used: fit it again, or delete it."""


class ModelMissingError(RagError):
    """The weights of a model are not on this machine: pull them."""


class ModelDamagedError(RagError):
    """The weights of a model are incomplete or altered: pull them again."""


class DownloadError(RagError):
    """A model could not be fetched from any of its sources: check the network or fetch it by hand."""


class GenerationError(RagError):
    """The answering model failed in the middle of its work: ask again, or choose another model."""


class ServeError(RagError):
    """The web page cannot be served, because its port is taken: choose another one."""


class TokenRefusedError(RagError):
    """A token that is not taken: sign another one, as the message says."""


class TokenExpiredError(TokenRefusedError):
    """A token whose time is over: sign a new one."""


class IssuerUnreachableError(RagError):
    """The keys of an identity provider cannot be had: try again later, or mend the address."""
