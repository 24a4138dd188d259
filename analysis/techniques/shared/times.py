"""Units of short times."""

# In ns; both signs for µ are written.
NS_PER_UNIT = {"ps": 1e-3, "ns": 1.0, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9}
