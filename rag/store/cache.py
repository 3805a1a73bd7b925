"""A cache that is emptied whenever the library changes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Value = TypeVar("Value")


class GenerationCache:
    """Thread-safe values by key, at most ``most`` of them, all of one generation of the library."""

    def __init__(self, generation: Callable[[], int], most: int) -> None:
        self._read_generation = generation
        self._most = most
        self._lock = threading.Lock()
        self._generation: int | None = None
        self._values: dict[Hashable, Any] = {}

    def get(self, key: Hashable, read: Callable[[], Value]) -> Value:
        """Return the value of ``key``; call ``read()`` if it is not cached for the current generation."""
        # Read first: a value may turn out newer than this generation, which costs another read, but never older.
        generation = self._read_generation()
        with self._lock:
            if generation == self._generation and key in self._values:
                found: Value = self._values[key]
                return found
        value = read()
        with self._lock:
            if generation != self._generation:
                self._generation, self._values = generation, {}
            while key not in self._values and len(self._values) >= self._most:
                del self._values[next(iter(self._values))]  # The oldest: a dict keeps the order.
            self._values[key] = value
        return value
