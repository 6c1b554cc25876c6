"""The customer value model: what an offer is worth to a customer, in money, against the next-best alternative.

=====================================  ===========================================================================
question                               classes and functions
=====================================  ===========================================================================
what it is made of                     ``ValueModel`` of ``Input`` and ``Element``; ``Equation``, ``Unit``
how sure an input is                   ``Fixed``, ``Uniform``, ``Triangular``, ``Pert``, ``Normal``, ``Lognormal``,
                                       ``Discrete``
what the offer is worth                ``ValueModel.evc``, ``waterfall``
how sure that is                       ``simulate``, ``tornado``, ``break_even_input``, ``share_of_variation``
what price to ask                      ``share_value``, ``value_sharing``, ``price_range``
what the customer gains                ``customer_statement``; at renewal ``renewal_page``
what a claim rests on                  ``share_saved``, ``simulated_savings``, ``favourable``, ``believed``
what to ask the customer               ``interview_sheet``, ``with_answers``
a worked case                          ``tractor_case``, ``with_guarantee``
=====================================  ===========================================================================
"""

from customer_value.cvm.claims import believed, favourable, share_saved, simulated_savings
from customer_value.cvm.distributions import Discrete, Distribution, Fixed, Lognormal, Normal, Pert, Triangular, Uniform
from customer_value.cvm.equations import Equation, EquationError
from customer_value.cvm.model import Element, Input, ValueModel
from customer_value.cvm.sharing import ValueSharing, price_range, share_value, value_sharing
from customer_value.cvm.tables import (
    Renewal,
    customer_statement,
    interview_sheet,
    renewal_page,
    waterfall,
    with_answers,
)
from customer_value.cvm.tractor import tractor_case, with_guarantee
from customer_value.cvm.uncertainty import Simulation, break_even_input, share_of_variation, simulate, tornado
from customer_value.cvm.units import Unit, UnitError

__all__ = [
    "Discrete",
    "Distribution",
    "Element",
    "Equation",
    "EquationError",
    "Fixed",
    "Input",
    "Lognormal",
    "Normal",
    "Pert",
    "Renewal",
    "Simulation",
    "Triangular",
    "Uniform",
    "Unit",
    "UnitError",
    "ValueModel",
    "ValueSharing",
    "believed",
    "break_even_input",
    "customer_statement",
    "favourable",
    "interview_sheet",
    "price_range",
    "renewal_page",
    "share_of_variation",
    "share_saved",
    "share_value",
    "simulate",
    "simulated_savings",
    "tornado",
    "tractor_case",
    "value_sharing",
    "waterfall",
    "with_answers",
    "with_guarantee",
]
