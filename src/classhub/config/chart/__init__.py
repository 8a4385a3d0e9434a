"""What we know of the Zero to JupyterHub chart's values: defaults, keys, types. One .keys file a version."""
