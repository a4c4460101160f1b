"""Makes the backgrounds and calibrations of the few-shot incident classifier."""
