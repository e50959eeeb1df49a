package io.trivigil.alertmanager.dispatch;

import io.trivigil.model.Labels;
import java.util.List;

/// The notice that a node has lost the quorum and works on its own. It goes to the default route's
/// receiver whatever the routes below say, at once, and as a group of its own for each node.
public final class QuorumNotice {
  /// Its `alertname`.
  public static final String NAME = "TrivigilQuorumLost";

  /// The label that names the node that says it.
  public static final String NODE = "node";

  private static final String ALERT_NAME = "alertname";

  private QuorumNotice() {}

  /// The notice's labels.
  public static Labels labels(String cluster, String node) {
    return Labels.of(ALERT_NAME, NAME, "cluster", cluster, NODE, node, "severity", "critical");
  }

  /// Whether these are a notice's labels.
  public static boolean is(Labels labels) {
    return labels.get(ALERT_NAME).equals(NAME) && labels.has(NODE);
  }

  /// Whether this is the state key of a notice's group.
  public static boolean isGroup(String stateKey) {
    return stateKey.contains(":{" + ALERT_NAME + "=\"" + NAME + "\"");
  }

  /// What makes its group.
  public static Labels groupLabels(Labels labels) {
    return labels.keep(List.of(ALERT_NAME, NODE));
  }
}
