"""Where a hub runs. interface.py says what every target must do; the targets know nothing of each other."""
