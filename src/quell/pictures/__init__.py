"""Pictures: what a file of pixels is once it was decoded, and the limits it is held to."""
