"""What an admin does to a hub, the same on both targets."""
