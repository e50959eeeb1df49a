# plain.story: without any timing an alert fires and resolves at once.
timing for=0s keep_firing_for=0s
0m   absent   inactive
1m   present  firing
2m   present  firing
3m   absent   resolved
18m  absent   resolved      # kept for exactly 15 minutes, so that its end can be sent again
19m  absent   inactive
20m  present  firing        # a new period
