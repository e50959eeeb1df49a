# keep-firing.story: a flapping alert pages once.
timing for=2m keep_firing_for=5m
0m   present  pending
2m   present  firing
3m   absent   lingering     # the API still says "firing"
4m   present  firing        # the same page, not a new one
9m   absent   lingering
14m  absent   resolved
