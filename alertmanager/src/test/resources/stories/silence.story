# A silence holds back what is new, and no end is told of what was held back.
route: {receiver: ops, group_by: [alertname], group_wait: 10s, group_interval: 1m, repeat_interval: 5m}
receivers: [{name: ops, webhook_configs: [{url: 'http://x/'}]}]
---
0s    silence s1 10m alertname="Down"
1s    fire alertname=Down i=1
1s    fire alertname=Other i=1
    -> 11.0s Down1 silenced by s1
    -> 11.0s a0000#1 from n1 to ops/webhook[0] FIRST firing=[Other1] resolved=[]
120s  expire s1
    -> 131.0s a0001#1 from n1 to ops/webhook[0] FIRST firing=[Down1] resolved=[]
250s  end
251s  resolve alertname=Down i=1
    -> 311.0s a0002#1 from n1 to ops/webhook[0] ALL_RESOLVED firing=[] resolved=[Down1]
    -> 311.0s a0003#1 from n1 to ops/webhook[0] REPEAT firing=[Other1] resolved=[]
400s  end
