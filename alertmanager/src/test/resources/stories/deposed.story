# A deposed leader that does not know it yet still brings home what it had sent, and decides nothing.
route: {receiver: ops, group_by: [alertname], group_wait: 10s, group_interval: 1m, repeat_interval: 1h}
receivers: [{name: ops, webhook_configs: [{url: 'http://x/'}]}]
---
0s    receiver late
1s    fire alertname=Down i=1
    -> 11.0s a0000#1 from n1 to ops/webhook[0] FIRST firing=[Down1] resolved=[]
12s   depose n2
13s   receiver ok
70s   fire alertname=Down i=2
    -> 71.0s a0001#1 from n2 to ops/webhook[0] NEW_ALERTS firing=[Down1, Down2] resolved=[]
80s   depose n3
200s  end
