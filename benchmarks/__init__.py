"""Side-by-side timings and sizes. They print ratios; no test depends on them."""
