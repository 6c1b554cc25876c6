"""What all models of the library share: maximum likelihood, standard errors, keeping a fit as plain JSON."""

import json
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._inputs import single

Floats = NDArray[np.float64]


class BoundaryWarning(UserWarning):
    """The likelihood rises towards a limit of the parameters: a simpler model describes the data as well."""


class ConvergenceWarning(UserWarning):
    """The search for the maximum of the likelihood stopped before it was found."""


class NotFittedError(ValueError, AttributeError):
    """The model has no parameters yet (both kinds of error, so that ``hasattr`` goes on working)."""


class Evaluation(NamedTuple):
    """A log-likelihood with its derivatives in the logarithms of the k parameters."""

    value: float
    gradient: Floats
    """Shape (k,)."""
    hessian: Floats
    """Shape (k, k)."""


class Maximum(NamedTuple):
    """Where ``maximise`` ended, in the logarithms of the parameters."""

    point: Floats
    value: float
    hessian: Floats
    converged: bool
    evaluations: int


# After one more step the error is about this over √n, in units of standard errors.
_DECREMENT = 1e-8
# Steps are in logarithms: at most a factor of e² at once, from wherever the search is.
_LONGEST_STEP = 2.0
# Information below this means a standard error of the logarithm above 100: the data say nothing.
_NO_INFORMATION = 1e-4


def maximise(
    evaluate: Callable[[Floats], Evaluation], start: Floats, *, decrement: float = _DECREMENT, limit: int = 200
) -> Maximum:
    """Damped Newton search for the maximum of a log-likelihood in the logarithms of its parameters.

    Directions of wrong curvature are turned round, steps are shortened until the likelihood rises. It stops
    when the Newton decrement gᵀ(−H)⁻¹g, twice the gain that the quadratic model still promises, is below
    ``decrement``. On a likelihood that levels off towards infinity the promised gain falls as well, so the
    search ends there, too, with the likelihood of the limit.
    """
    point, now = np.asarray(start, dtype=float), evaluate(start)
    evaluations = 1
    while evaluations < limit:
        curvature, axes = np.linalg.eigh(-now.hessian)
        slope = axes.T @ now.gradient
        scale = np.maximum(np.abs(curvature), max(1e-13 * np.abs(curvature).max(), 1e-300))
        step = slope / scale
        gain = float(slope @ step)
        length = float(np.linalg.norm(step))
        # A flat axis promises nothing, however far it points.
        flat = bool((curvature > -_NO_INFORMATION).all())
        if gain < decrement and flat:
            last = point + axes @ np.where(curvature > _NO_INFORMATION, step, 0.0)
            found = evaluate(last)
            return Maximum(last, found.value, found.hessian, True, evaluations + 1)
        if length > _LONGEST_STEP:
            step *= _LONGEST_STEP / length
        fraction, noise = 1.0, 1e-13 * abs(now.value)
        while True:
            trial = point + fraction * (axes @ step)
            found = evaluate(trial)
            evaluations += 1
            wanted = 1e-4 * fraction * float(slope @ step) - noise
            if np.isfinite(found.value) and found.value - now.value >= wanted:
                point, now = trial, found
                break
            fraction *= 0.25 if np.isfinite(found.value) else 0.05
            if fraction < 1e-8 or evaluations >= limit:
                return Maximum(point, now.value, now.hessian, gain < 1e4 * decrement, evaluations)
    return Maximum(point, now.value, now.hessian, False, evaluations)


class FittedModel:
    """Parameters above 0, found by maximum likelihood or given; the base of every model here.

    ``params_`` holds them by name, and each is an attribute with a trailing underscore. After a fit there
    are also ``loglik_``, ``covariance_`` (a data frame, from the observed information), ``standard_errors_`` (by
    name; the roots of its diagonal), ``customers_`` (how many the fit used), ``converged_``, ``boundary_``
    (``None``, or what has no finite estimate) and ``evaluations_``. With given parameters those are ``None``.
    """

    _names: ClassVar[tuple[str, ...]]
    # What is known of a fit besides parameters and covariance, each with a trailing underscore, and kept in files.
    _known: ClassVar[tuple[str, ...]] = ("loglik", "customers", "converged", "boundary", "evaluations")

    def __init__(self) -> None:
        self._forget()

    def __getattr__(self, name: str) -> Any:
        if name == "params_" or name.removesuffix("_") in type(self)._names:
            given = ", ".join(f"{each}=…" for each in self._names)
            raise NotFittedError(
                f"This {type(self).__name__} has no parameters yet: call fit(data), or make it with"
                f" {type(self).__name__}.from_params({given})."
            )
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        if "params_" not in self.__dict__:
            return f"{type(self).__name__}()"
        inside = ", ".join(f"{name}={value:.6g}" for name, value in self.params_.items())
        return f"{type(self).__name__}({inside})"

    def save(self, path: str | Path) -> None:
        """Write the parameters and what is known about the fit to ``path`` as JSON text; no data is kept."""
        content = {"model": type(self).__name__, "format": 1, **self._settings(), "parameters": self.params_}
        fit = {name: getattr(self, name + "_") for name in self._known}
        if self._covariance is not None:
            rows = self._covariance.tolist()
            fit["covariance"] = [[value if np.isfinite(value) else None for value in row] for row in rows]
        content["fit"] = fit if fit["loglik"] is not None else None
        Path(path).write_text(json.dumps(content, indent=2, allow_nan=False) + "\n", encoding="utf-8")

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """The model that ``save`` wrote to ``path``. Raises ``ValueError`` for another model or other content."""
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            kind, version, parameters = content["model"], content["format"], content["parameters"]
        except (ValueError, TypeError, KeyError) as reason:
            raise ValueError(f"{path} does not hold a model written by save().") from reason
        if kind != cls.__name__:
            raise ValueError(f"{path} holds a {kind}, not a {cls.__name__}; load it with {kind}.load.")
        if version != 1:
            raise ValueError(f"{path} has format {version}, and this version reads format 1 only.")
        if not isinstance(parameters, dict) or set(parameters) != set(cls._names):
            raise ValueError(f"{path} must have the parameters {', '.join(cls._names)}; it has {parameters}.")
        model = cls(**{name: content[name] for name in cls()._settings() if name in content})
        model._set(parameters)
        for name, value in (content.get("fit") or {}).items():
            if name in cls._known:
                setattr(model, name + "_", value)
            elif name == "covariance":
                model._covariance = np.array(value, dtype=float)
        return model

    @property
    def covariance_(self) -> pd.DataFrame | None:
        """Covariance of the estimates, NaN where there is none; ``None`` without a fit."""
        if self._covariance is None:
            return None
        return pd.DataFrame(self._covariance, index=list(self._names), columns=list(self._names))

    @property
    def standard_errors_(self) -> dict[str, float] | None:
        """Standard error of each parameter by name, NaN where there is none; ``None`` without a fit."""
        if self._covariance is None:
            return None
        return dict(zip(self._names, np.sqrt(np.diag(self._covariance)).tolist(), strict=True))

    def parameter_draws(self, count: int, seed: int | np.random.Generator) -> list[Self]:
        """``count`` models whose parameters are as far from the estimates as chance may have moved those.

        Drawn from the normal distribution of the logarithms of the estimates (so all stay above 0). A prediction
        of each, and the quantiles of these predictions, are an interval for it::

            values = [draw.expected_purchases(data, 52).sum() for draw in model.parameter_draws(500, seed=1)]
            low, high = np.quantile(values, [0.05, 0.95])

        It holds what is unknown about the parameters, not the luck of single customers around their
        expectation. The same ``seed`` gives the same draws. Raises ``ValueError`` where there is no covariance:
        given parameters, a fit on the boundary, a search that did not end; then draw customers with replacement
        and fit again, many times (the bootstrap). Source: Krinsky & Robb (1986), Review of Economics and
        Statistics 68(4), 715–719.
        """
        if single(count, "count") < 1 or count != int(count):
            raise ValueError(f"count must be a whole number above 0; got {count}.")
        reason = None
        if self._covariance is None:
            reason = "its parameters were given, not fitted" if "params_" in self.__dict__ else "it is not fitted yet"
        elif self.boundary_ is not None or not self.converged_:
            reason = self.boundary_ or "the search for the maximum did not end"
        if reason is not None:
            raise ValueError(
                f"This {type(self).__name__} has no covariance to draw from: {reason}. Draw customers with replacement"
                " and fit them again and again instead."
            )
        values = np.array(list(self.params_.values()))
        spread, axes = np.linalg.eigh(self._covariance / np.outer(values, values))
        steps = np.random.default_rng(seed).standard_normal((int(count), values.size)) * np.sqrt(spread.clip(0.0))
        drawn = values * np.exp(np.clip(steps @ axes.T, -600.0, 600.0))
        return [
            type(self)(**self._settings())._set(dict(zip(self._names, map(float, row), strict=True))) for row in drawn
        ]

    def _settings(self) -> dict[str, Any]:
        """What the constructor takes."""
        return {}

    def _forget(self) -> None:
        for name in self._known:
            setattr(self, name + "_", None)
        self._covariance: Floats | None = None

    def _set(self, parameters: dict[str, Any]) -> Self:
        checked = {}
        for name in self._names:
            value = single(parameters[name], name)
            if value <= 0:
                raise ValueError(f"{name} must be above 0; got {value:g}.")
            checked[name] = value
        self.params_ = checked
        for name, value in checked.items():
            setattr(self, name + "_", value)
        return self

    def _fitted(self, found: Maximum, customers: int) -> Self:
        """Take over where the search ended, and warn where that is not a maximum inside the limits."""
        self._forget()
        # Far out a parameter has no influence any more; these limits only keep it a number.
        values = np.exp(np.clip(found.point, -600.0, 600.0))
        self._set(dict(zip(self._names, map(float, values), strict=True)))
        information, axes = np.linalg.eigh(-found.hessian)
        known = information > _NO_INFORMATION
        # A parameter is out of reach where a direction without information turns it noticeably.
        lost = (axes[:, ~known] ** 2).sum(axis=1) > 1e-6
        covariance = (axes[:, known] / information[known]) @ axes[:, known].T * np.outer(values, values)
        covariance[lost] = covariance[:, lost] = np.nan
        self._covariance = covariance
        self.loglik_, self.customers_, self.evaluations_ = float(found.value), int(customers), found.evaluations
        self.converged_ = found.converged
        if not found.converged:
            warnings.warn(
                f"{type(self).__name__} did not converge in {found.evaluations} evaluations; it stopped at"
                f" {self!r} with log-likelihood {found.value:.6f}. Look at the data before using it.",
                ConvergenceWarning,
                stacklevel=3,
            )
        elif lost.any():
            names = [name for name, gone in zip(self._names, lost, strict=True) if gone]
            at = ", ".join(f"{name} = {self.params_[name]:.3g}" for name in names)
            self.boundary_ = (
                f"on the boundary: {self._limit()}. The likelihood is flat there, so {at} and their standard errors"
                f" mean nothing one by one; the log-likelihood {found.value:.6f} and predictions do."
            )
            warnings.warn(f"{type(self).__name__} is {self.boundary_}", BoundaryWarning, stacklevel=3)
        return self

    def _limit(self) -> str:
        """What the limit means that the parameters have run to."""
        return "the data do not tell customers apart in every way the model could"


def ladder(start: float, steps: int) -> Floats:
    """log Γ(start + k) − log Γ(start) for k = 0 … ``steps``, by adding logarithms: exact for any start."""
    return np.concatenate([[0.0], np.cumsum(np.log(start + np.arange(steps)))])


def thinned(count: int, wanted: int) -> slice | None:
    """Every so-manieth row for a first, rough fit; ``None`` where all rows are few enough already."""
    return None if count < 3 * wanted else slice(0, None, count // wanted)


def named(items: Sequence[tuple[bool, str]]) -> str | None:
    """The first text whose condition holds."""
    return next((text for holds, text in items if holds), None)
