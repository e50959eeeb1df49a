# reload.story: a changed expression or timing keeps the state of the rule, another name does not.
rule interval=30s for=1m keep_firing_for=0s
30s   a      | a=pending@30s              |
60s   a      | a=pending@30s              |
rule interval=30s for=90s keep_firing_for=0s
90s   a      | a=pending@30s              |
120s  a      | a=firing@30s               | a:+4m
rule interval=30s for=90s keep_firing_for=0s name=Other
150s  a      | a=pending@2m30s            |
