# A muted route swallows its alerts; `continue` reaches others; send_resolved is by receiver.
route:
  receiver: ops
  group_by: [alertname]
  group_wait: 10s
  group_interval: 1m
  repeat_interval: 1h
  routes:
    - {matchers: [severity="page"], receiver: pager, continue: true, mute_time_intervals: [always]}
    - {matchers: [severity=~"page|warn"], receiver: mail}
time_intervals: [{name: always, time_intervals: [{times: [{start_time: 00:00, end_time: 24:00}]}]}]
receivers:
  - {name: ops, webhook_configs: [{url: 'http://x/'}]}
  - {name: pager, webhook_configs: [{url: 'http://x/'}]}
  - {name: mail, webhook_configs: [{url: 'http://x/', send_resolved: false}, {url: 'http://y/'}]}
---
0s    fire alertname=Down severity=page
    -> 10.0s Down muted by always
    -> 10.0s a0000#1 from n1 to mail/webhook[0] FIRST firing=[Down] resolved=[]
    -> 10.0s a0001#1 from n1 to mail/webhook[1] FIRST firing=[Down] resolved=[]
    -> 70.0s Down muted by always
90s   resolve alertname=Down severity=page
    -> 130.0s a0003#1 from n1 to mail/webhook[1] ALL_RESOLVED firing=[] resolved=[Down]
200s  fire alertname=Down severity=page
    -> 210.0s Down muted by always
    -> 210.0s a0004#1 from n1 to mail/webhook[0] NEW_ALERTS firing=[Down] resolved=[]
    -> 210.0s a0005#1 from n1 to mail/webhook[1] NEW_ALERTS firing=[Down] resolved=[]
    -> 270.0s Down muted by always
300s  end
