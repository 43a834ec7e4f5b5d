"""HistFactory channels as stacked arrays: packing, expected counts, exact curvature."""
