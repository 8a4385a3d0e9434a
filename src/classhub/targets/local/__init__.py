"""The hub on this machine."""
