"""What all choice models share: fitting from a table of choices, kinds of standard errors, tables of estimates."""

import math
import statistics
import warnings
from typing import Any, ClassVar, Literal, NamedTuple, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from customer_value._fitting import BoundaryWarning, ConvergenceWarning, Maximum, NotFittedError
from customer_value._inputs import fraction
from customer_value.choice._tasks import Encoding

Floats = NDArray[np.float64]
Errors = Literal["person", "task", "classic"]

# Information below this on a coefficient of a standardised attribute: the data say nothing about it.
_NO_INFORMATION = 1e-4


class Tastes(NamedTuple):
    """The kinds of people a model sees: how many there are of each, and what they like."""

    shares: Floats
    """Shape (kinds,), adds to 1."""
    coefficients: Floats
    """Shape (kinds, coefficients)."""


class ChoiceModel:
    """The base of every choice model here.

    After ``fit``: ``params_`` (a Series by name), ``loglik_``, ``equal_loglik_`` (of choosing blindly), ``people_`` and
    ``tasks_`` (how many), ``encoding_`` (how attributes became numbers), ``converged_``, ``boundary_`` (``None``, or
    what has no finite estimate) and ``evaluations_``.
    """

    # The sandwich of these needs scores that are independent between tasks.
    _kinds: ClassVar[tuple[str, ...]] = ("person", "classic")

    params_: pd.Series
    loglik_: float | None
    equal_loglik_: float | None
    people_: int | None
    tasks_: int | None
    encoding_: Encoding
    converged_: bool | None
    boundary_: str | None
    evaluations_: int | None

    def __getattr__(self, name: str) -> Any:
        if name.endswith("_") and not name.startswith("_"):
            raise NotFittedError(f"This {type(self).__name__} has no {name} yet: call fit(data, attributes) first.")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        if "params_" not in self.__dict__:
            return f"{type(self).__name__}()"
        return f"{type(self).__name__}({', '.join(f'{name}={value:.4g}' for name, value in self.params_.items())})"

    @property
    def aic(self) -> float:
        """Akaike's criterion, 2k − 2·log-likelihood: lower is better."""
        return 2 * len(self.params_) - 2 * self._known("loglik_")

    @property
    def bic(self) -> float:
        """Schwarz's criterion, k·log(people) − 2·log-likelihood: lower is better. People are what is independent."""
        return len(self.params_) * math.log(self._known("people_")) - 2 * self._known("loglik_")

    @property
    def pseudo_r2(self) -> float:
        """McFadden's ρ² = 1 − log-likelihood / log-likelihood of choosing blindly: 0 for nothing learnt."""
        return 1 - self._known("loglik_") / self._known("equal_loglik_")

    def covariance(self, errors: Errors = "person") -> pd.DataFrame:
        """Covariance of the estimates, NaN where there is none.

        ``errors`` says which choices may depend on each other beyond what the model explains: ``"person"``, those of
        one person (the sandwich H⁻¹(Σ gₙgₙ')H⁻¹ with the scores g of people, times N/(N−1)); ``"task"``, none, but the
        model may be wrong (the same with the scores of tasks; multinomial logit only); ``"classic"``, the model is
        right in every respect (H⁻¹). Raises ``ValueError`` for another word.

        Source: Huber (1967); White (1982), Econometrica 50(1), 1–25; Liang & Zeger (1986), Biometrika 73(1), 13–22.
        """
        if errors not in self._kinds:
            raise ValueError(f"errors must be one of {', '.join(map(repr, self._kinds))}; got {errors!r}.")
        covariances = self._known("_covariances")
        if covariances is None:
            raise ValueError(f"This {type(self).__name__} has no standard errors: its coefficients were given.")
        names = list(self.params_.index)
        return pd.DataFrame(covariances[errors], index=names, columns=names)

    def summary(self, errors: Errors = "person", level: float = 0.95) -> pd.DataFrame:
        """Estimates with their uncertainty: one row per parameter.

        Returns a DataFrame with ``estimate``, ``se``, ``z`` (their ratio), ``p`` (two-sided, normal), ``lower`` and
        ``upper`` (the interval at ``level``). ``errors`` as in ``covariance``.
        """
        reach = _normal_reach(level)
        table = self.params_.to_frame("estimate")
        table["se"] = np.sqrt(np.diag(self.covariance(errors)))
        table["z"] = table["estimate"] / table["se"]
        table["p"] = [math.erfc(abs(z) / math.sqrt(2)) for z in table["z"]]
        table["lower"] = table["estimate"] - reach * table["se"]
        table["upper"] = table["estimate"] + reach * table["se"]
        return table

    def tastes(self) -> Tastes:
        """The kinds of people the model sees; market simulation averages over them."""
        raise NotImplementedError

    @property
    def coefficient_names(self) -> tuple[str, ...]:
        """Names of the columns of ``tastes().coefficients``."""
        return self.encoding_.names

    def _known(self, name: str) -> Any:
        if name not in self.__dict__:
            raise NotFittedError(f"This {type(self).__name__} is not fitted yet: call fit(data, attributes) first.")
        value = self.__dict__[name]
        if value is None and name != "_covariances":
            raise ValueError(f"This {type(self).__name__} was made from given coefficients; it has no likelihood.")
        return value

    def _fitted(self, found: Maximum, names: list[str], unscaled: Floats, jacobian: Floats, scores: dict) -> Self:
        """Take over where the search ended.

        ``unscaled``: the parameters in the units of the data; ``jacobian``, shape (k, k): their derivatives by the
        search's own; ``scores``: by kind of errors, gradients of what is independent, shape (n, k).
        """
        self.params_ = pd.Series(unscaled, index=names, name="estimate")
        self.loglik_, self.converged_, self.evaluations_ = float(found.value), found.converged, found.evaluations
        self.boundary_ = None
        information, axes = np.linalg.eigh(-found.hessian)
        known = information > _NO_INFORMATION
        lost = (axes[:, ~known] ** 2).sum(axis=1) > 1e-6
        inverse = (axes[:, known] / information[known]) @ axes[:, known].T
        self._covariances = {}
        for kind in self._kinds:
            middle = inverse
            if kind != "classic":
                each = scores[kind]
                middle = inverse @ (each.T @ each) @ inverse * (len(each) / max(len(each) - 1, 1))
            covariance = jacobian @ middle @ jacobian.T
            covariance[lost] = covariance[:, lost] = np.nan
            self._covariances[kind] = covariance
        if not found.converged:
            warnings.warn(
                f"{type(self).__name__} did not converge in {found.evaluations} evaluations; it stopped with"
                f" log-likelihood {found.value:.6f}. Look at the data before using it.",
                ConvergenceWarning,
                stacklevel=3,
            )
        elif lost.any():
            at = ", ".join(
                f"{name} = {value:.3g}" for name, value, gone in zip(names, unscaled, lost, strict=True) if gone
            )
            self.boundary_ = (
                f"on the boundary: the likelihood rises without end, so {at} stand for a limit and have no standard"
                " error. Usually an attribute is always chosen or never, or nothing differs between people."
            )
            warnings.warn(f"{type(self).__name__} is {self.boundary_}", BoundaryWarning, stacklevel=3)
        return self


def _normal_reach(level: float) -> float:
    """How many standard errors an interval at ``level`` reaches to each side."""
    return statistics.NormalDist().inv_cdf((1 + fraction(level, "level", one=False)) / 2)


def normal_points(centre: Floats, covariance: Floats, count: int, random: np.random.Generator) -> Floats:
    """``count`` draws of estimates from their normal distribution, shape (count, estimates).

    Raises ``ValueError`` where an estimate has no covariance.
    """
    if not np.isfinite(covariance).all():
        raise ValueError("The estimates have no covariance to draw from; leave out what is on the boundary.")
    try:
        # Unlike eigenvectors, whose signs are free, this root is the same on every machine, and so are the draws.
        root = np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        size, axes = np.linalg.eigh(covariance)
        root = axes * np.sqrt(size.clip(0))
    return centre + random.standard_normal((count, centre.size)) @ root.T
