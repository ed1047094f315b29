"""Deprecated names of parameters and fields: they still work, and a DeprecationWarning says what they are called now."""

import warnings
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

__all__ = ["former_fields", "former_parameters"]

P = ParamSpec("P")
T = TypeVar("T")


def former_parameters(**present: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Decorator of a function whose parameters may be given by their former names: ``@former_parameters(half="pool")``."""

    def decorated(function: Callable[P, T]) -> Callable[P, T]:
        called = function.__qualname__.removesuffix(".__init__")

        @wraps(function)
        def with_former_names(*args: P.args, **kwargs: P.kwargs) -> T:
            for former in present.keys() & kwargs.keys():
                warnings.warn(f"{called}({former}=) is called {present[former]}= now.", DeprecationWarning, stacklevel=2)
                kwargs[present[former]] = kwargs.pop(former)
            return function(*args, **kwargs)

        return with_former_names

    return decorated


def former_fields(**present: str) -> Callable[[type[T]], type[T]]:
    """Decorator of a dataclass whose fields may be given and read by their former names."""

    def decorated(cls: type[T]) -> type[T]:
        for former, name in present.items():
            setattr(cls, former, _reading(f"{cls.__name__}.{former}", name))
        setattr(cls, "__init__", former_parameters(**present)(cls.__init__))  # noqa: B010 - mypy takes no assignment to a method
        return cls

    return decorated


def _reading(called: str, name: str) -> property:
    def value(instance: Any) -> Any:
        warnings.warn(f"{called} is called {name} now.", DeprecationWarning, stacklevel=2)
        return getattr(instance, name)

    return property(value)
