"""How the embedded engine's calibration is made, and the policies that it is measured on."""
