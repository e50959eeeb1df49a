package io.trivigil.alertmanager.route;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What a route says of the alerts that end at it.
///
/// @param receiver who is told
/// @param groupBy labels that make a group, as written
/// @param groupByAll whether every label makes a group (`...`)
/// @param groupWait from the first alert to the first flush
/// @param groupInterval between flushes
/// @param repeatInterval after which an unchanged group is told again
/// @param labels texts (templates) that travel with the notification
/// @param muteTimeIntervals names of times at which nothing is sent; not inherited
/// @param activeTimeIntervals names of times at which alone something is sent; not inherited
public record RouteOptions(
    String receiver,
    List<String> groupBy,
    boolean groupByAll,
    Duration groupWait,
    Duration groupInterval,
    Duration repeatInterval,
    Map<String, String> labels,
    List<String> muteTimeIntervals,
    List<String> activeTimeIntervals) {

  /// What the root inherits.
  public static final RouteOptions DEFAULT =
      new RouteOptions(
          "",
          List.of(),
          false,
          Duration.ofSeconds(30),
          Duration.ofMinutes(5),
          Duration.ofHours(4),
          Map.of(),
          List.of(),
          List.of());

  RouteOptions withoutWait() {
    return new RouteOptions(
        receiver,
        groupBy,
        groupByAll,
        Duration.ZERO,
        groupInterval,
        repeatInterval,
        labels,
        muteTimeIntervals,
        activeTimeIntervals);
  }

  public RouteOptions {
    groupBy = List.copyOf(groupBy);
    labels = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(labels));
    muteTimeIntervals = List.copyOf(muteTimeIntervals);
    activeTimeIntervals = List.copyOf(activeTimeIntervals);
  }
}
