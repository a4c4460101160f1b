"""Kernel: work that outlives a request, done in a child process and finished once, whoever is killed."""
