# No node ran for an hour: nothing ended because of it.
route: {receiver: ops, group_by: [alertname], group_wait: 10s, group_interval: 1m, repeat_interval: 4h}
receivers: [{name: ops, webhook_configs: [{url: 'http://x/'}]}]
---
0s    fire alertname=Down i=1
    -> 10.0s a0000#1 from n1 to ops/webhook[0] FIRST firing=[Down1] resolved=[]
60s   kill n1
60s   lead n2
100s  gap 1h
200s  end
