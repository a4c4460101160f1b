"""Speed, memory and quality, measured beside a peer in the same run."""
