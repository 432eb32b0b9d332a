"""The `skerry` command: sets the machine up, builds, boots, tests and measures."""
