"""HistFactory: the modifiers of a document, their meaning, and the step between (`interpret`)."""
