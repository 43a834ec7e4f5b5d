"""Densities made of other densities and of functions."""

from __future__ import annotations

from ..file import RootObject
from .builder import Builder
from .functions import label
from .measurements import measured
from .registry import converts


@converts("RooAddPdf")
def _sum(node: RootObject, builder: Builder) -> None:
    """Yields, fractions (recursive ones are functions of their own), or extended summands."""
    if label(node.members.get("_refCoefRangeName")):
        return builder.keep(node, "its fractions are those in a range of their own")
    members = node.members
    recursive, complete = members.get("_recursive", False), members.get("_haveLastCoef", False)
    extended = bool(complete and not recursive) or bool(members.get("_allExtendable", False))
    coefficients = builder.values(node.proxies("_coefList"))
    builder.distribution(
        node.name,
        "mixture_dist",
        summands=builder.names(node.proxies("_pdfList")),
        coefficients=coefficients or None,
        extended=extended,
    )


@converts("RooProdPdf")
def _product(node: RootObject, builder: Builder) -> None:
    """Conditional factors are divided by their integrals over what they are densities of."""
    factors = node.proxies("_pdfList")
    sets = node.members.get("_pdfNSetList") or []
    if isinstance(sets, RootObject):
        sets = node.proxies("_pdfNSetList")
    names = []
    for i, factor in enumerate(factors):
        given = sets[i] if i < len(sets) else None
        listed = _members(given)
        observables = builder.leaves(factor) & (builder.observables | set(listed))
        if given is not None and given.name == "cset":
            variables = observables - set(listed)
        else:
            variables = frozenset(listed)
        if listed and variables and variables != observables:
            names.append(conditional(factor, sorted(variables), builder))
        else:
            names.append(measured(factor, builder))
    builder.distribution(node.name, "product_dist", factors=names)


def _members(given: RootObject | None) -> list[str]:
    from ..file.objects import objects_in

    return [] if given is None else [v.name for v in objects_in(given)]


def conditional(factor: RootObject, variables: list[str], builder: Builder) -> str:
    """A density normalised over `variables` alone, given its other observables: f / ∫ f."""
    given = "_".join(variables)
    name = f"{factor.name}_of_{given}"
    if name not in builder.distributions:
        norm = builder.fresh(f"{name}_norm")
        builder.function(norm, "integral", integrand=builder.name(factor), variables=variables)
        ratio = f"{builder.symbol(factor.name)}/{builder.symbol(norm)}"
        builder.distribution(name, "generic_dist", expression=ratio)
        others = ", ".join(sorted((builder.leaves(factor) & builder.observables) - set(variables)))
        builder.add(
            "root.conditional",
            factor,
            f"{factor.name!r} as a density of {', '.join(variables)} given {others} is written "
            f"as {name!r}: divided by its integral",
            factor.name,
        )
    return name


@converts("RooExtendPdf")
def _extend(node: RootObject, builder: Builder) -> None:
    builder.distribution(
        node.name,
        "rate_extended_dist",
        rate=builder.value(node.proxy("_n")),
        dist=builder.pdf(node.proxy("_pdf")),
        range=label(node.members.get("_rangeName")),
    )


@converts("RooRealSumPdf")
def _real_sum(node: RootObject, builder: Builder) -> None:
    if node.members.get("_doFloor"):
        message = f"{node.name!r} is cut at zero where it would be negative; this is not kept"
        builder.add("root.floor", node, message)
    builder.distribution(
        node.name,
        "weighted_sum_dist",
        samples=builder.names(node.proxies("_funcList")),
        coefficients=builder.values(node.proxies("_coefList")),
        extended=bool(node.members.get("_extended", False)),
    )


@converts("RooWrapperPdf")
def _wrapper(node: RootObject, builder: Builder) -> None:
    function = node.proxy("_func")
    own = bool(node.members.get("_selfNormalized", False))
    builder.distribution(
        node.name,
        "density_function_dist",
        function=builder.pdf(function),
        selfNormalized=own or None,
    )


@converts("RooEffProd")
def _efficiency(node: RootObject, builder: Builder) -> None:
    key = "_pdf" if "_pdf" in node.members else "pdf"
    builder.distribution(
        node.name,
        "efficiency_product_pdf_dist",
        pdf=builder.pdf(node.proxy(key)),
        eff=builder.pdf(node.proxy(key.replace("pdf", "eff"))),
    )


@converts("RooProjectedPdf")
def _projection(node: RootObject, builder: Builder) -> None:
    builder.distribution(
        node.name,
        "projected_dist",
        input_pdf=builder.pdf(node.proxy("intpdf")),
        observables=builder.names(node.proxies("intobs")),
    )


@converts("RooBinSamplingPdf")
def _bin_sampling(node: RootObject, builder: Builder) -> None:
    builder.distribution(
        node.name,
        "binsampling_dist",
        pdf=builder.pdf(node.proxy("_pdf")),
        observable=builder.value(node.proxy("_observable")),
        epsilon=float(node.member("_relEpsilon")),
    )


@converts("RooFFTConvPdf", "RooNumConvPdf")
def _convolution(node: RootObject, builder: Builder) -> None:
    """Over the real line; RooFFTConvPdf is periodic (option `fft`)."""
    if node.class_name == "RooNumConvPdf":
        keys = {"conv_var": "_origVar", "pdf1": "_origPdf", "pdf2": "_origModel"}
        values = {key: builder.value(node.proxy(m)) for key, m in keys.items()}
        builder.distribution(node.name, "fft_conv_pdf", **values)
        return
    members = node.members
    function = node.proxy("_xprime") if "_xprime" in members else None
    shifted = members.get("_bufStrat", 0) != 0 or members.get("_bufFrac", 0.1) != 0.1
    if shifted:
        message = (
            f"{node.name!r} is convolved with a buffer of its own (fraction "
            f"{members.get('_bufFrac')}, strategy {members.get('_bufStrat')}), which is not kept"
        )
        builder.add("root.fft_buffer", node, message)
    builder.distribution(
        node.name,
        "fft_conv_pdf",
        conv_var=builder.value(node.proxy("_x")),
        pdf1=builder.pdf(node.proxy("_pdf1")),
        pdf2=builder.pdf(node.proxy("_pdf2")),
        conv_func=None if function is None else builder.name(function),
        ipOrder=int(members.get("_ipOrder", 2)),
    )
