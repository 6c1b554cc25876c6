"""``python -m benchmarks.site``: start-up, weight and Lighthouse of the built site, in one run."""

from benchmarks import lighthouse, results, startup, weight

if __name__ == "__main__":
    tables = [startup.measure(), weight.measure(), lighthouse.measure()]
    results.keep("site", "The site, measured", tables)
