"""Pages of models, model package groups, packages and jobs."""
