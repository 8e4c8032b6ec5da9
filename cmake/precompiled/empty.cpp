// A target whose only purpose is a precompiled header needs a source.
