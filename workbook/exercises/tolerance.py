"""Steps and bounds: neither so fine that rounding noise decides, nor so coarse that a guess passes."""

import math
from typing import Any

from customer_value.checks import canonical, functions, tables
from workbook.errors import OnTheEdge
from workbook.exercises.source import Source

# Nearer to a grid edge than this many steps, rounding noise could turn a right answer into a wrong one.
EDGE = 0.02
# Functions give back exact results, so the noise is smaller, and there are more values to meet an edge.
EDGE_OF_FUNCTIONS = 1e-3
# A cohort's own inputs are drawn without an author looking on; only true noise is refused.
EDGE_OF_COHORT = 1e-5
# With fewer points between nothing and the answer, or between the bounds, the step gives the answer away.
LEAST_POINTS = 10
LEAST_POINTS_IN_BOUNDS = 20


def refuse_edges(source: Source, index: int, question: dict[str, Any], answer: Any, seed: int) -> None:
    """A right answer that lies on the edge between two grid points would be judged by rounding noise."""
    own = EDGE_OF_FUNCTIONS if question["kind"] == "function" else EDGE
    edge = EDGE_OF_COHORT if seed else own
    for step, values in _graded(question, answer, seed):
        for value in values:
            if canonical.distance_to_edge(value, step) < edge:
                where = f"{question['qid']}: {value!r} lies on the edge of a step of {step}"
                raise OnTheEdge(str(source.mistake(index, f"{where}; change the step, or the seed")))


def refuse_edge_of_slip(
    source: Source, index: int, question: dict[str, Any], wrong: dict[str, Any], number: int, value: Any
) -> None:
    """A wrong number on an edge would be named on one machine and not on another."""
    step = wrong.get("step", question["step"])
    if canonical.distance_to_edge(canonical.one_number(value), step) < EDGE:
        where = f"wrong answer {number} of {question['qid']}, {value!r}, lies on the edge of a step of {step}"
        raise source.mistake(index, f"{where}; declare it on a coarser `step`, or take another")


def refuse_leaks(source: Source, index: int, question: dict[str, Any], answer: Any) -> None:
    """A step or bounds that leave only a few plausible answers, and fresh inputs that are always the same."""
    qid = question["qid"]
    if "bounds" in question:
        low, high = question["bounds"]
        if not low <= canonical.one_number(answer) <= high:
            raise source.mistake(index, f"the right answer of {qid} lies outside its bounds {low} to {high}")
        points = (high - low) / question["step"]
        if points < LEAST_POINTS_IN_BOUNDS:
            reason = f"the bounds of {qid} leave {points:.3g} steps of {question['step']}: a guess would pass"
            raise source.mistake(index, f"{reason}; take wider bounds or a finer step")
    else:
        for step, values in _graded(question, answer, seed=0):
            largest = max(map(abs, values), default=math.inf)
            if largest < LEAST_POINTS * step * (1 - 1e-9):
                reason = f"the step {step} of {qid} is too coarse for {largest:.6g}: it gives the answer away"
                raise source.mistake(index, f"{reason}; take at most a tenth of the answer")
    if question["kind"] == "function":
        _refuse_known_inputs(source, index, question, answer)


def _refuse_known_inputs(source: Source, index: int, question: dict[str, Any], answer: Any) -> None:
    qid = question["qid"]
    draws = []
    for seed in (0, 1):
        calls = functions.call_all(answer, question["shown"], question["fresh"], question["step"], seed)
        draws.append([call for call in calls if not call.shown])
    if [call.inputs for call in draws[0]] == [call.inputs for call in draws[1]]:
        raise source.mistake(index, f"the fresh inputs of {qid} do not depend on `rng`: a list of answers would pass")
    failed = next((call for call in draws[1] if call.error), None)
    if failed:
        raise source.mistake(index, f"the reference stops with {failed.error} for ({failed.inputs})")
    if len({call.result for draw in draws for call in draw}) == 1:
        raise source.mistake(index, f"{qid} gives {draws[0][0].result} for every fresh input: a constant would pass")


def _graded(question: dict[str, Any], answer: Any, seed: int) -> list[tuple[float, list[float]]]:
    """The numbers of an answer that are snapped, by their step."""
    kind = question["kind"]
    if kind == "function":
        calls = functions.call_all(answer, question["shown"], question["fresh"], question["step"], seed)
        return [(question["step"], _finite([number for call in calls for number in canonical.numbers_in(call.value)]))]
    if kind == "table":
        frame = tables.frame(answer, question["columns"])
        steps = {name: step for name, step in question["columns"].items() if step != tables.TEXT}
        return [(step, _finite([canonical.one_number(value) for value in frame[name]])) for name, step in steps.items()]
    if kind == "number":
        return [(question["step"], _finite([canonical.one_number(answer)]))]
    if kind == "numbers":
        return [(question["step"], _finite(canonical.numbers_in(answer)))]
    return []


def _finite(values: list[float]) -> list[float]:
    return [value for value in values if math.isfinite(value)]
