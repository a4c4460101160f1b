"""Pictures on their way in: from the members of a request to decoded pixels."""
