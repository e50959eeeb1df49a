package io.trivigil.alertmanager.state;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/// The whole state at one moment. Immutable; safe to read from any thread.
///
/// @param logTimeMs the log's time of the last command
/// @param revision counts changes of alerts
/// @param alerts all known alerts in label order, ended ones too
/// @param silences by id
/// @param log what each destination was last told
/// @param groups timing by group key
/// @param attempts open attempts by id
/// @param history the newest transitions, oldest first
public record StateView(
    long logTimeMs,
    long revision,
    List<Alert> alerts,
    SortedMap<String, Silence> silences,
    SortedMap<Destination, LogEntry> log,
    Map<String, GroupState> groups,
    SortedMap<String, Attempt> attempts,
    List<Transition> history) {

  /// What a destination was last told.
  public Optional<LogEntry> logEntry(Destination destination) {
    return Optional.ofNullable(log.get(destination));
  }

  /// The timing of a group that was flushed before.
  public Optional<GroupState> group(String key) {
    return Optional.ofNullable(groups.get(key));
  }
}
