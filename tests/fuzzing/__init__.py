"""The parsers of ours, fed by a coverage-guided fuzzer and by property tests."""
