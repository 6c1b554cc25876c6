"""``python -m benchmarks.site``: start-up, weight and Lighthouse of the built site, in one run."""

from benchmarks import lighthouse, machine, results, startup, weight

if __name__ == "__main__":
    here = machine.this().sentence()
    tables = [startup.measure(), weight.measure(), lighthouse.measure()]
    results.keep("site", "The site, measured", tables, here)
