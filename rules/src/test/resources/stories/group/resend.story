# resend.story: a firing alert is sent again once more than a minute has passed, its end once.
rule interval=30s for=0s keep_firing_for=0s
30s   a      | a=firing@30s               | a:+4m
60s   a      | a=firing@30s               |
90s   a      | a=firing@30s               |
120s  a      | a=firing@30s               | a:+4m
150s         | a=resolved@30s             | a:ended@2m30s
180s         | a=resolved@30s             |
210s         | a=resolved@30s             |
240s         | a=resolved@30s             |
