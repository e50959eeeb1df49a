# The leader dies in the middle of a request: the successor waits the lease out and sends the same id.
route: {receiver: ops, group_by: [alertname], group_wait: 10s, group_interval: 1m, repeat_interval: 1h}
receivers: [{name: ops, webhook_configs: [{url: 'http://x/'}]}]
---
0s    receiver lost
1s    fire alertname=Down i=1
    -> 11.0s a0000#1 from n1 to ops/webhook[0] FIRST firing=[Down1] resolved=[] (answer lost)
12s   kill n1
12s   lead n2
13s   receiver ok
    -> 24.0s a0000#2 from n2 to ops/webhook[0] FIRST firing=[Down1] resolved=[]
60s   end
# It dies between the alert and its notice: the group keeps its time.
100s  fire alertname=Slow i=1
105s  kill n2
105s  lead n3
    -> 110.0s a0001#1 from n3 to ops/webhook[0] FIRST firing=[Slow1] resolved=[]
150s  end
