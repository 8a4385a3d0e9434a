"""The hub on Kubernetes: a release of the z2jh chart. Objects are found by labels and annotations, never by computed names."""
