# Two modules from the same objects: the Worker's core and the probe for the parity tests.
