package io.trivigil.alertmanager.api;

import io.trivigil.alertmanager.state.Command.AlertsReceived;
import io.trivigil.alertmanager.state.Command.Received;
import io.trivigil.model.AlertUpdate;
import io.trivigil.model.Labels;
import io.trivigil.model.Names;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Checks posted alerts and makes a command of the valid ones.
public final class AlertPosts {
  private AlertPosts() {}

  /// One alert as it was posted.
  ///
  /// @param startsMs empty where the sender said nothing
  /// @param endsMs empty where the sender said nothing
  public record Posted(
      Map<String, String> labels,
      Map<String, String> annotations,
      OptionalLong startsMs,
      OptionalLong endsMs,
      String generatorUrl) {
    public Posted {
      labels = new LinkedHashMap<>(labels);
      annotations = new LinkedHashMap<>(annotations);
    }
  }

  /// What came of a batch: the valid alerts are to be proposed even where others were not valid.
  ///
  /// @param problems what was wrong, one line for each invalid alert; not empty means 400
  public record Result(AlertsReceived command, List<String> problems, int firing, int resolved) {
    public Result {
      problems = List.copyOf(problems);
    }
  }

  /// Decides start and end of each, and checks it.
  ///
  /// @param resolveTimeout the end of an alert whose sender named none
  public static Result check(List<Posted> batch, long nowMs, Duration resolveTimeout) {
    List<Received> valid = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    int resolved = 0;
    for (Posted posted : batch) {
      boolean timeout = posted.endsMs().isEmpty();
      long endsMs = posted.endsMs().orElse(nowMs + resolveTimeout.toMillis());
      // An alert that is over must not begin after its end.
      long startsMs = posted.startsMs().orElse(timeout ? nowMs : Math.min(nowMs, endsMs));
      String problem = problem(posted, startsMs, endsMs);
      if (!problem.isEmpty()) {
        problems.add(problem);
        continue;
      }
      resolved += endsMs <= nowMs ? 1 : 0;
      valid.add(
          new Received(
              new AlertUpdate(
                  Labels.of(posted.labels()),
                  Labels.of(posted.annotations()),
                  startsMs,
                  endsMs,
                  posted.generatorUrl()),
              timeout));
    }
    return new Result(new AlertsReceived(valid), problems, valid.size() - resolved, resolved);
  }

  private static String problem(Posted posted, long startsMs, long endsMs) {
    if (posted.labels().values().stream().allMatch(String::isEmpty)) {
      return "at least one label pair required";
    }
    if (endsMs < startsMs) {
      return "start time must be before end time";
    }
    String labels = problem("label", posted.labels());
    return labels.isEmpty() ? problem("annotation", posted.annotations()) : labels;
  }

  private static String problem(String what, Map<String, String> texts) {
    for (Map.Entry<String, String> text : texts.entrySet()) {
      if (!Names.isUtf8Name(text.getKey())) {
        return "invalid %s set: invalid name %s".formatted(what, Names.quote(text.getKey()));
      }
      if (!Names.isValidUtf8(text.getValue())) {
        return "invalid %s set: invalid value of %s".formatted(what, Names.quote(text.getKey()));
      }
    }
    return "";
  }
}
