"""What a page may write as a formula."""

import pytest
from sphinx.errors import SphinxError

from workbook.extensions.maths import to_mathml


@pytest.mark.parametrize(
    "prose",
    ["12 a month, while the other costs ", "5 to ", "3,150 instead of ", "glue is put in and ", "40. A customer for "],
)
def test_dollars_that_enclose_prose_are_refused(prose: str) -> None:
    with pytest.raises(SphinxError, match=r"page.md:3: the formula .* has words in it .* Write ..? where dollars"):
        to_mathml(prose, "inline", "page.md:3")


@pytest.mark.parametrize(
    "formula",
    [
        r"2 \times \text{margin per customer}",
        r"\operatorname{Beta}(r, s) \quad \text{for all } t",
        r"m \frac{r}{1 + i - r}",
        r"\int_0^\infty e^{-\delta t} S(t)\, dt",
        r"\begin{align*} L(r, \alpha) &= \prod_i a_i \\\\ &= 1 \end{align*}",
    ],
)
def test_formulas_with_words_of_their_own_are_not(formula: str) -> None:
    assert "<math" in to_mathml(formula, "block", "page.md:3")
