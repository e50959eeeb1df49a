package io.trivigil.dashboards.page;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/// The cluster as the answering node sees it; every page shows it in its head.
///
/// @param name the cluster's name
/// @param self the answering node's id
/// @param state whether a quorum is there
/// @param stateSinceMs since when the state is not `QUORUM`, if so
/// @param behindEntries how many committed entries the answering node has yet to apply
/// @param ready whether the answering node has caught up and may be trusted to be current
public record ClusterView(
    String name,
    String self,
    Optional<String> leader,
    long term,
    Quorum state,
    OptionalLong stateSinceMs,
    long behindEntries,
    boolean ready,
    List<NodeView> nodes) {

  /// Whether a majority answers, and what the node does if not.
  public enum Quorum {
    QUORUM,
    /// No majority answers; nothing can be committed, and fail-open has not begun.
    NO_QUORUM,
    /// No majority answers; the node scrapes, evaluates and notifies on its own.
    FAIL_OPEN;

    /// Returns the word of the API: `quorum`, `no-quorum`, `fail-open`.
    public String wire() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public ClusterView {
    nodes = List.copyOf(nodes);
  }

  public String stateName() {
    return state.wire();
  }

  public boolean quorum() {
    return state == Quorum.QUORUM;
  }

  public boolean failOpen() {
    return state == Quorum.FAIL_OPEN;
  }

  public boolean noQuorum() {
    return state == Quorum.NO_QUORUM;
  }

  public boolean leaderless() {
    return quorum() && leader.isEmpty();
  }

  public boolean behind() {
    return quorum() && leader.isPresent() && !ready;
  }

  public long sinceMs() {
    return stateSinceMs.orElse(0);
  }

  public long liveCount() {
    return nodes.stream().filter(NodeView::live).count();
  }

  public int nodeCount() {
    return nodes.size();
  }

  /// Returns the highest applied index that any live node reports.
  public long appliedIndex() {
    return nodes.stream().mapToLong(NodeView::appliedIndex).max().orElse(0);
  }

  /// Returns `good`, `warn` or `bad`, for the light in the head of the page.
  public String mood() {
    if (!quorum()) {
      return "bad";
    }
    return leader.isEmpty() || !ready || liveCount() < nodes.size() ? "warn" : "good";
  }
}
