"""HistFactory: the typed document (`distribution`), its meaning (`meaning`) and the step between (`interpret`)."""
