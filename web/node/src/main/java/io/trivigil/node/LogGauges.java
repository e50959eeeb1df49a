package io.trivigil.node;

import io.trivigil.model.metric.Metrics;
import io.trivigil.raft.LogStatus;
import io.trivigil.raft.ReplicatedLog;

/// What a node tells of its log on `/metrics`.
final class LogGauges {
  private LogGauges() {}

  static void register(Metrics metrics, ReplicatedLog log, Readiness readiness) {
    metrics.gauge(
        "trivigil_raft_is_leader",
        "Whether this node leads and is ready to.",
        () -> log.status().ready() ? 1 : 0);
    metrics.gauge(
        "trivigil_raft_has_leader",
        "Whether this node knows a leader.",
        () -> log.status().leaderId().isEmpty() ? 0 : 1);
    metrics.gauge("trivigil_raft_term", "The current term.", () -> (double) log.status().term());
    metrics.gauge(
        "trivigil_raft_applied_index",
        "The last entry applied here.",
        () -> (double) log.status().appliedIndex());
    metrics.gauge(
        "trivigil_raft_committed_index",
        "The last entry known to be committed.",
        () -> (double) log.status().committedIndex());
    metrics.gauge(
        "trivigil_raft_log_bytes",
        "Bytes of log on this node's disk.",
        () -> (double) log.status().logBytes());
    metrics.gauge(
        "trivigil_raft_voting_members",
        "Members that vote.",
        () -> (double) log.status().members().stream().filter(LogStatus.Member::voting).count());
    metrics.gauge(
        "trivigil_node_freshness_seconds",
        "How old this node's state is at most; -1 if not known.",
        () -> readiness.freshnessMs() < 0 ? -1 : readiness.freshnessMs() / 1000.0);
    metrics.gauge(
        "alertmanager_cluster_members",
        "Members of the cluster.",
        () -> log.status().members().size());
  }
}
