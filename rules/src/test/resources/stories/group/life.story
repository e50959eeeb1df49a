# life.story: one rule over two instances. After the bar: states, then what is sent to the alertmanager.
rule interval=30s for=1m keep_firing_for=0s
30s   a      | a=pending@30s              |
60s   a b    | a=pending@30s b=pending@1m |
90s   a b    | a=firing@30s b=pending@1m  | a:+4m
120s  a b    | a=firing@30s b=firing@1m   | b:+4m
150s  b      | a=resolved@30s b=firing@1m | a:ended@2m30s
180s         | a=resolved@30s b=resolved@1m | b:ended@3m
210s  error  | a=resolved@30s b=resolved@1m err |
240s  b      | a=resolved@30s b=pending@4m |
