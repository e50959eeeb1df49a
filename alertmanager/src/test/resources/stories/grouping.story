# Alerts of one group travel together; a group has its own beat.
route: {receiver: ops, group_by: [alertname], group_wait: 30s, group_interval: 5m, repeat_interval: 1h}
receivers: [{name: ops, webhook_configs: [{url: 'http://x/'}]}]
---
0s    fire alertname=Down i=1
10s   fire alertname=Down i=2
12s   fire alertname=Slow i=1
# A third one comes after the first flush: it waits for group_interval.
    -> 30.0s a0000#1 from n1 to ops/webhook[0] FIRST firing=[Down1, Down2] resolved=[]
    -> 42.0s a0001#1 from n1 to ops/webhook[0] FIRST firing=[Slow1] resolved=[]
60s   fire alertname=Down i=3
    -> 330.0s a0002#1 from n1 to ops/webhook[0] NEW_ALERTS firing=[Down1, Down2, Down3] resolved=[]
400s  resolve alertname=Down i=1
# Nothing new, so nothing is said until repeat_interval.
    -> 630.0s a0003#1 from n1 to ops/webhook[0] SOME_RESOLVED firing=[Down2, Down3] resolved=[Down1]
700s  end
    -> 3642.0s a0004#1 from n1 to ops/webhook[0] REPEAT firing=[Slow1] resolved=[]
70m   end
    -> 4230.0s a0005#1 from n1 to ops/webhook[0] REPEAT firing=[Down2, Down3] resolved=[]
71m   resolve alertname=Down i=2
71m   resolve alertname=Down i=3
    -> 4530.0s a0006#1 from n1 to ops/webhook[0] ALL_RESOLVED firing=[] resolved=[Down2, Down3]
80m   end
# After that it is a new group with a new group_wait.
81m   fire alertname=Down i=2
    -> 4890.0s a0007#1 from n1 to ops/webhook[0] NEW_ALERTS firing=[Down2] resolved=[]
83m   end
