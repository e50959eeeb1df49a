package io.trivigil.web.prometheus;

import io.trivigil.raft.LogStatus;
import io.trivigil.web.backend.Backend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The whole cluster as this node sees it. Members tell each other about themselves on the log's
/// port, so any node knows of all of them, with a leader or without. Thread-safe.
public final class ClusterSight {
  private static final long LIVE_MS = 3_000;

  private final Backend backend;

  public ClusterSight(Backend backend) {
    this.backend = backend;
  }

  /// What was seen.
  ///
  /// @param leader empty when unknown
  /// @param state `quorum`, `no-quorum` or `fail-open`
  public record Seen(String self, String leader, long term, String state, List<Node> nodes) {
    public Seen {
      nodes = List.copyOf(nodes);
    }
  }

  /// One member.
  ///
  /// @param url empty when unknown
  /// @param appliedIndex -1 when unknown
  /// @param lagMs how old its state is at most as far as this node knows: 0 when it has applied all
  ///   that it knew to be committed and was heard of just now; -1 when unknown, as it is of a node
  ///   that knows no leader
  public record Node(
      String id,
      String role,
      String address,
      String url,
      long appliedIndex,
      long lagMs,
      boolean live) {}

  /// Looks at all members.
  public Seen look() {
    LogStatus log = backend.log();
    Map<String, String> urls = backend.urls();
    List<Node> nodes = new ArrayList<>();
    for (LogStatus.Member member : log.members()) {
      boolean self = member.id().equals(log.self());
      boolean live = self || (member.lastSeenMs() >= 0 && member.lastSeenMs() < LIVE_MS);
      nodes.add(
          new Node(
              member.id(),
              role(log, member),
              member.address(),
              urls.getOrDefault(member.id(), ""),
              Math.max(member.appliedIndex(), member.matchIndex()),
              self ? ownLagMs(member, backend.freshnessMs()) : member.lagMs(),
              live));
    }
    String state =
        switch (backend.failOpen().state()) {
          case FAIL_OPEN -> "fail-open";
          case QUORUM, NO_QUORUM -> log.leaderId().isEmpty() ? "no-quorum" : "quorum";
        };
    return new Seen(log.self(), log.leaderId(), log.term(), state, nodes);
  }

  /// Without a leader, or before it ever caught up, nobody can say how far this node is.
  static long ownLagMs(LogStatus.Member self, long freshnessMs) {
    return self.lagMs() < 0 || freshnessMs < 0 ? -1 : Math.max(self.lagMs(), freshnessMs);
  }

  private static String role(LogStatus log, LogStatus.Member member) {
    if (member.id().equals(log.self()) && log.role() == LogStatus.Role.CANDIDATE) {
      return "candidate";
    }
    return member.id().equals(log.leaderId())
        ? "leader"
        : member.voting() ? "follower" : "listener";
  }
}
