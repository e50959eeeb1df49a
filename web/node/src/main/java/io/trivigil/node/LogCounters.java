package io.trivigil.node;

import io.trivigil.model.metric.Metrics;
import io.trivigil.raft.GroupCommit;
import io.trivigil.raft.LogMetrics;
import io.trivigil.raft.LogMetrics.NotTaken;
import io.trivigil.raft.LogStatus;
import io.trivigil.raft.LogStatus.Role;
import io.trivigil.raft.ratis.RatisConfig;
import io.trivigil.raft.ratis.RatisLog;
import io.trivigil.storage.MemoryBudget;
import java.util.Locale;
import java.util.function.LongSupplier;

/// What the log counts, on `/metrics`. Documented in the README of `raft`.
final class LogCounters {
  private static final double[] SECONDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };

  private LogCounters() {}

  static void register(Metrics metrics, RatisLog log, LongSupplier nanoTicker) {
    LogMetrics counts = log.metrics();
    counts.observe(
        metrics.histogram(
                "trivigil_raft_commit_duration_seconds",
                "From proposing an entry here to having applied it here.",
                SECONDS)
            ::observe,
        metrics.histogram(
                "trivigil_raft_failover_duration_seconds",
                "From when this node last heard of the old leader until it was a ready leader.",
                SECONDS)
            ::observe);
    elections(metrics, counts);
    applied(metrics, counts);
    snapshots(metrics, counts, nanoTicker);
    for (NotTaken why : NotTaken.values()) {
      metrics.counterOf(
          "trivigil_raft_proposals_refused_total",
          "Commands proposed here that were not taken, or whose fate is unknown.",
          () -> (double) counts.refusals(why),
          "reason",
          why.label());
    }
    state(metrics, log);
  }

  private static void elections(Metrics metrics, LogMetrics counts) {
    metrics.counterOf(
        "trivigil_raft_elections_total",
        "Elections that ended with a leader, as this node saw it.",
        () -> (double) counts.elections());
    metrics.counterOf(
        "trivigil_raft_leader_changes_total",
        "Times that another node led than before, as this node saw it.",
        () -> (double) counts.leaderChanges());
    metrics.counterOf(
        "trivigil_raft_successions_total",
        "Elections that this node called because the leader's process was gone.",
        () -> (double) counts.successions());
    metrics.gauge(
        "trivigil_raft_last_failover_seconds",
        "How long the last failover to this node took; -1 before any.",
        counts::failoverSeconds);
  }

  private static void applied(Metrics metrics, LogMetrics counts) {
    metrics.counterOf(
        "trivigil_raft_entries_applied_total",
        "Entries applied here.",
        () -> (double) counts.entriesApplied());
    metrics.counterOf(
        "trivigil_raft_commands_applied_total",
        "Commands applied here.",
        () -> (double) counts.commandsApplied());
    metrics.counterOf(
        "trivigil_raft_bytes_applied_total",
        "Bytes of entries applied here.",
        () -> (double) counts.bytesApplied());
  }

  private static void snapshots(Metrics metrics, LogMetrics counts, LongSupplier nanoTicker) {
    metrics.counterOf(
        "trivigil_raft_snapshots_total", "Snapshots written.", () -> (double) counts.snapshots());
    metrics.counterOf(
        "trivigil_raft_snapshot_failures_total",
        "Snapshots that could not be written.",
        () -> (double) counts.snapshotFailures());
    metrics.counterOf(
        "trivigil_raft_snapshot_wait_seconds_total",
        "How long applying waited for a snapshot, because samples took too much memory.",
        counts::snapshotWaitSeconds);
    metrics.counterOf(
        "trivigil_raft_snapshot_seconds_total",
        "How long all snapshots took together.",
        counts::snapshotSeconds);
    metrics.gauge(
        "trivigil_raft_snapshot_age_seconds",
        "How long ago the last snapshot was written; -1 before any since the start.",
        () -> counts.snapshotAgeSeconds(nanoTicker.getAsLong()));
    metrics.counterOf(
        "trivigil_raft_checkpoints_sent_total",
        "Snapshots of files made for a peer.",
        () -> (double) counts.checkpointsSent());
    metrics.counterOf(
        "trivigil_raft_checkpoints_installed_total",
        "Snapshots of files installed from a peer.",
        () -> (double) counts.checkpointsInstalled());
    metrics.gauge(
        "trivigil_raft_checkpoint_bytes",
        "Bytes of the last snapshot of files made for a peer.",
        () -> (double) counts.checkpointBytes());
  }

  private static void state(Metrics metrics, RatisLog log) {
    for (Role role : Role.values()) {
      metrics.gauge(
          "trivigil_raft_role",
          "1 for the role that this node has.",
          () -> log.status().role() == role ? 1 : 0,
          "role",
          role.name().toLowerCase(Locale.ROOT));
    }
    metrics.gauge(
        "trivigil_raft_applied_lag_entries",
        "Entries known to be committed but not yet applied here.",
        () -> {
          LogStatus now = log.status();
          return (double) Math.max(0, now.committedIndex() - now.appliedIndex());
        });
    metrics.gauge(
        "trivigil_raft_no_quorum_seconds",
        "How long this node has been without a leader with a majority.",
        () -> log.sight().msSinceQuorum() / 1000.0);
    metrics.gauge(
        "trivigil_raft_reachable_peers",
        "Peers that answer this node.",
        () -> log.sight().reachable().size());
    metrics.counterOf(
        "trivigil_raft_connections_given_up_total",
        "Connections between nodes that were closed because nothing sent on them was acknowledged.",
        () -> (double) log.connectionsGivenUp());
    metrics.gauge(
        "trivigil_raft_still_connection_limit_seconds",
        "How long what was sent to a node may stay unacknowledged until its connection is closed.",
        () -> RatisConfig.STILL_CONNECTION.toMillis() / 1000.0);
    metrics.gauge(
        "trivigil_raft_pending_bytes",
        "Proposals that wait or are in flight on this node.",
        () -> (double) log.pendingBytes());
    metrics.gauge(
        "trivigil_raft_pending_bytes_limit",
        "The most that may wait or be in flight on this node.",
        () -> (double) log.config().limits().maxPendingBytes());
    metrics.gauge(
        "trivigil_raft_entry_wait_limit_seconds",
        "How long a command may be held back for others that share its entry.",
        () -> GroupCommit.LONGEST_WAIT.toNanos() / 1e9);
    MemoryBudget.showLimit(metrics, "log_cache", RatisConfig.logCacheBytes(log.config().limits()));
    metrics.gauge(
        "trivigil_raft_retained_bytes_limit",
        "How much log a slow peer may hold back.",
        () -> (double) log.config().limits().retainLogBytes());
    metrics.gauge(
        "trivigil_raft_snapshot_every_bytes",
        "How much log is applied between two snapshots.",
        () -> (double) log.config().limits().snapshotEveryBytes());
    metrics.gauge(
        "trivigil_raft_rest_snapshot_bytes",
        "How much log behind the newest snapshot is worth one as soon as the log rests.",
        () -> (double) log.config().limits().restBytes());
    metrics.gauge(
        "trivigil_raft_rest_seconds",
        "How long next to nothing must have been applied until the log rests.",
        () -> log.config().limits().rest().toMillis() / 1000.0);
    metrics.gauge(
        "trivigil_node_freshness_limit_seconds",
        "A node whose state is older is not ready.",
        () -> Readiness.LIMIT_MS / 1000.0);
  }
}
