"""From a resolved graph to a compiled likelihood."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp

from hs3 import extensions
from hs3.errors import CompileError
from hs3.functions import Function
from hs3.graph import Graph

from . import constraints as aux
from .density import Options
from .density.document import paths
from .functions import evaluate_all
from .histfactory.effects import lowered
from .histfactory.layout import plan
from .histfactory.pack import pack
from .inputs import Program, input_slots
from .likelihood import Arrays, observed
from .model import Model
from .needed import needed_functions
from .terms import term_data, term_program

DEFAULT = Options()


def _try(functions: Sequence[Function], graph: Graph) -> None:
    """Evaluate the functions without computing anything, so that errors come with their place."""
    if functions:
        values = {p.name: jnp.float64(p.value) for p in graph.parameters}
        jax.eval_shape(lambda v: evaluate_all(functions, v, paths(graph.workspace)), values)


def compile(graph: Graph, options: Options = DEFAULT) -> Model:
    """Turn a resolved graph into a likelihood that can be evaluated, differentiated and fitted.

    Args:
        options: conventions of evaluation; the defaults are what is mathematically right.

    Raises:
        CompileError: a part of the likelihood is of a type that the engine cannot evaluate.
    """
    extensions.load("hs3.engine")
    for channel in graph.channels:
        if channel.observed is None:
            raise CompileError(
                f"channel {channel.name!r} has no data", code="compile.no_data", path=channel.path
            )
    names = [p.name for p in graph.parameters]
    functions = needed_functions(graph)
    _try(functions, graph)
    channels, effects = lowered(graph)
    slots = input_slots(names, functions, effects)
    layout = plan([channel.bins for channel in graph.channels])
    counts = layout.stacked([c.observed for c in graph.channels if c.observed is not None])
    blocks = pack(channels, layout, slots) if channels else None
    arrays = Arrays(blocks, aux.pack(graph.constraints, slots))
    program = term_program(graph, options)
    specs = program.terms if program else ()
    terms = tuple(term_data(*pair) for pair in zip(graph.terms, specs, strict=True))
    model = Model(
        graph,
        layout,
        Program.of(functions, names, program, effects),
        jax.device_put(arrays),
        observed(counts, aux.measured(graph.constraints, slots), terms),
    )
    return model.accurate() if graph.terms else model
