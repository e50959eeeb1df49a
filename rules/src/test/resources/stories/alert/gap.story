# gap.story: nobody evaluated for a while; that time counts neither towards for nor keep_firing_for.
timing for=5m keep_firing_for=5m
0m   present  pending
2m   present  pending
12m  gap      pending       # 10 minutes without a run
12m  present  pending       # two of five minutes are done, as before
14m  present  pending
15m  present  firing
16m  absent   lingering
30m  gap      lingering     # 14 minutes
30m  absent   lingering
34m  absent   lingering
35m  absent   resolved
