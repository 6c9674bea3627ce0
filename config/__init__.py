"""Settings, addresses, and how the site is run; README.md says how to operate it."""
