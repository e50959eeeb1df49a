# A receiver that fails is tried again with the same id; one that refuses gets a new one at the next beat.
route: {receiver: ops, group_by: [alertname], group_wait: 10s, group_interval: 1m, repeat_interval: 1h}
receivers: [{name: ops, webhook_configs: [{url: 'http://x/'}]}]
---
0s    receiver 500
1s    fire alertname=Down i=1
    -> 11.0s a0000#1 from n1 to ops/webhook[0] FIRST firing=[Down1] resolved=[] (not taken)
    -> 11.5s a0000#2 from n1 to ops/webhook[0] FIRST firing=[Down1] resolved=[] (not taken)
    -> 12.3s a0000#3 from n1 to ops/webhook[0] FIRST firing=[Down1] resolved=[] (not taken)
    -> 13.4s a0000#4 from n1 to ops/webhook[0] FIRST firing=[Down1] resolved=[] (not taken)
14s   receiver ok
    -> 15.1s a0000#5 from n1 to ops/webhook[0] FIRST firing=[Down1] resolved=[]
60s   end
100s  receiver 400
101s  fire alertname=Down i=2
    -> 131.0s a0001#1 from n1 to ops/webhook[0] NEW_ALERTS firing=[Down1, Down2] resolved=[] (not taken)
    -> 131.0s Down1 failed by ops/webhook[0]: unexpected status code 400
    -> 131.0s Down2 failed by ops/webhook[0]: unexpected status code 400
150s  receiver ok
    -> 191.0s a0002#1 from n1 to ops/webhook[0] NEW_ALERTS firing=[Down1, Down2] resolved=[]
200s  end
# An unchanged group keeps its attempt past the beat; a changed one replaces it.
250s  receiver hang
251s  fire alertname=Down i=3
    -> 311.0s a0003#1 from n1 to ops/webhook[0] NEW_ALERTS firing=[Down1, Down2, Down3] resolved=[] (not taken)
    -> 321.5s a0003#2 from n1 to ops/webhook[0] NEW_ALERTS firing=[Down1, Down2, Down3] resolved=[] (not taken)
    -> 332.3s a0003#3 from n1 to ops/webhook[0] NEW_ALERTS firing=[Down1, Down2, Down3] resolved=[] (not taken)
340s  fire alertname=Down i=4
    -> 343.4s a0003#4 from n1 to ops/webhook[0] NEW_ALERTS firing=[Down1, Down2, Down3] resolved=[] (not taken)
345s  receiver ok
    -> 355.1s a0003#5 from n1 to ops/webhook[0] NEW_ALERTS firing=[Down1, Down2, Down3] resolved=[]
    -> 371.0s a0004#1 from n1 to ops/webhook[0] NEW_ALERTS firing=[Down1, Down2, Down3, Down4] resolved=[]
500s  end
