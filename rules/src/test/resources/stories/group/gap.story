# gap.story: no run was committed for ten minutes; the alert does not fire the moment that runs come back.
rule interval=30s for=2m keep_firing_for=0s
30s   a      | a=pending@30s              |
60s   a      | a=pending@30s              |
90s   a      | a=pending@30s              |
690s  a      | a=pending@10m30s           |
720s  a      | a=pending@10m30s           |
750s  a      | a=firing@10m30s            | a:+4m
