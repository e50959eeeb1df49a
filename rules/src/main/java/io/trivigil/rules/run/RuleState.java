package io.trivigil.rules.run;

import io.trivigil.model.Labels;
import io.trivigil.model.codec.MalformedBytesException;
import io.trivigil.rules.alert.Alert;
import io.trivigil.rules.file.RuleId;
import java.util.List;

/// What is known of one rule after its newest run.
///
/// @param id which rule of the group
/// @param health how the run went
/// @param lastError why it failed, empty if it did not
/// @param evaluationNanos how long it took
/// @param alerts those that are pending, firing, lingering or resolved, sorted by labels
/// @param outputs the series that it wrote, sorted; they become stale when it no longer writes them
public record RuleState(
    RuleId id,
    Health health,
    String lastError,
    long evaluationNanos,
    List<Alert> alerts,
    List<Labels> outputs) {
  /// How a rule does.
  public enum Health {
    UNKNOWN(0, "unknown"),
    OK(1, "ok"),
    ERROR(2, "err");

    private final int code;
    private final String text;

    Health(int code, String text) {
      this.code = code;
      this.text = text;
    }

    /// The byte that stands for it in commands and snapshots.
    int code() {
      return code;
    }

    static Health of(int code) {
      for (Health health : values()) {
        if (health.code == code) {
          return health;
        }
      }
      throw new MalformedBytesException("rule health: found=" + code);
    }

    /// The API's word.
    public String text() {
      return text;
    }
  }

  public RuleState {
    alerts = List.copyOf(alerts);
    outputs = List.copyOf(outputs);
  }

  /// A rule that never ran.
  public static RuleState fresh(RuleId id) {
    return new RuleState(id, Health.UNKNOWN, "", 0, List.of(), List.of());
  }
}
