"""The browser app: pages over the routes that clients call; only the composition root imports it."""
