# pending.story: an alert that does not hold long enough never fires.
timing for=5m keep_firing_for=1m
0m   present  pending
4m   present  pending
5m   absent   inactive
6m   present  pending       # begins anew
10m  present  pending
11m  present  firing
12m  absent   lingering     # keep_firing_for begins here
13m  absent   resolved
