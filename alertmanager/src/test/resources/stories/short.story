# What ends before group_wait is over is told to nobody; a late one is told at once.
route: {receiver: ops, group_by: [alertname], group_wait: 30s, group_interval: 1m, repeat_interval: 1h}
receivers: [{name: ops, webhook_configs: [{url: 'http://x/'}]}]
---
0s    fire alertname=Blip i=1
20s   resolve alertname=Blip i=1
100s  fire alertname=Down i=1
    -> 130.0s a0000#1 from n1 to ops/webhook[0] FIRST firing=[Down1] resolved=[]
131s  end
