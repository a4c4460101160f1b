"""The recipe of the nudity classifier: taken as published, its cuts chosen on ordinary pictures."""
