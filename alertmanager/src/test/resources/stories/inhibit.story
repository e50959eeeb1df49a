# The page inhibits the warning of the same host while it fires.
route: {receiver: ops, group_by: [alertname, i], group_wait: 10s, group_interval: 1m, repeat_interval: 1h}
inhibit_rules: [{source_matchers: ['severity="page"'], target_matchers: ['severity="warn"'], equal: [i]}]
receivers: [{name: ops, webhook_configs: [{url: 'http://x/'}]}]
---
0s    fire alertname=HostDown severity=page i=1
1s    fire alertname=DiskSlow severity=warn i=1
1s    fire alertname=DiskSlow severity=warn i=2
    -> 10.0s a0000#1 from n1 to ops/webhook[0] FIRST firing=[HostDown1] resolved=[]
    -> 11.0s DiskSlow1 inhibited by {alertname="HostDown", i="1", severity="page"}
    -> 11.0s a0001#1 from n1 to ops/webhook[0] FIRST firing=[DiskSlow2] resolved=[]
60s   resolve alertname=HostDown severity=page i=1
# What was held back is told at its group's next beat.
    -> 70.0s a0002#1 from n1 to ops/webhook[0] ALL_RESOLVED firing=[] resolved=[HostDown1]
    -> 71.0s a0003#1 from n1 to ops/webhook[0] FIRST firing=[DiskSlow1] resolved=[]
200s  end
