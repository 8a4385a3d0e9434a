"""hub.config against the real classes of the chart's hub image, without having them: check.problems()."""
