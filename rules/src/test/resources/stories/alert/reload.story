# reload.story: timing may change while an alert is alive.
timing for=1m keep_firing_for=0s
0m   present  pending
1m   present  firing
timing for=10m keep_firing_for=0s
2m   present  pending       # as in Prometheus: for is longer now, so it waits again, from when it became active
10m  present  firing
timing for=10m keep_firing_for=3m
11m  absent   lingering
timing for=10m keep_firing_for=0s
12m  absent   resolved
